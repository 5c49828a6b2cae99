# The commands as Discord's menu shows them, in French. The English file says more.

## Names of commands, subcommands and options

name_helpme = aide
name_message = message
name_agent = conseiller
name_close = terminer
name_help_button = bouton_aide
name_send_to_support = Envoyer à l’assistance
name_bug = bug
name_new_feature = suggestion
name_case = dossier
name_privacy = confidentialité
name_view = voir
name_mine = miens
name_list = liste
name_assign = attribuer
name_status = état
name_note = note
name_link = lier
name_reopen = rouvrir
name_export = exporter
name_delete = supprimer
name_question = question
name_text = texte
name_about = sujet
name_title = titre
name_steps = étapes
name_platform = plateforme
name_severity = gravité
name_file = fichier
name_number = numéro
name_kind = type
name_mine_only = seulement_miens
name_to = à
name_reason = motif

## Descriptions

helpme = Obtenir de l’aide : ouvre une discussion privée avec l’assistance
helpme_question = Ce pour quoi tu as besoin d’aide
message = Envoyer un message à l’assistance
message_text = Ce que tu veux dire
message_file = Une image, une vidéo, un son ou un document à joindre
agent = Demander qu’une personne rejoigne ta discussion avec l’assistance
agent_about = De quoi il s’agit
close = Terminer ta discussion avec l’assistance
help_button = Poser dans ce salon un bouton pour obtenir de l’aide (modérateurs)
help_button_text = Ce qui se lit au-dessus du bouton
bug = Signaler un bug ; sans options, un formulaire s’ouvre
new_feature = Suggérer une fonctionnalité ; sans options, un formulaire s’ouvre
report_title = En une ligne, de 10 à 90 caractères
bug_text = Ce qui s’est passé, et ce que tu attendais
feature_text = Ce que tu aimerais, et pour quoi faire
bug_steps = Comment le reproduire
report_platform = Où tu joues
bug_severity = À quel point c’est grave
feature_severity = À quel point c’est important pour toi
report_file = Une capture d’écran, une vidéo ou un journal, jusqu’à 10 Mio
case = Signalements et demandes d’aide
case_view = Afficher un dossier (modérateurs)
case_mine = Afficher tes propres dossiers
case_list = Lister les dossiers (modérateurs)
case_assign = Attribuer un dossier à quelqu’un (modérateurs)
case_status = Changer l’état d’un dossier (modérateurs)
case_note = Ajouter une note visible des modérateurs et conseillers (modérateurs)
case_link = Fermer un dossier comme doublon d’un autre (modérateurs)
case_reopen = Rouvrir un dossier (modérateurs)
case_number = Numéro du dossier, ou des mots de son titre
case_list_status = Seulement avec cet état
case_list_kind = Seulement de ce type
case_list_mine_only = Seulement ceux qui te sont attribués
case_assign_to = Qui s’en charge ; toi, si rien n’est indiqué
case_status_to = Le nouvel état
case_reason = Pourquoi ; la personne le lit aussi
case_note_text = La note
case_link_to = Numéro du dossier qui reste ouvert
privacy = Tes données à l’assistance
privacy_export = Recevoir une copie de ce que l’assistance conserve sur toi
privacy_delete = Faire supprimer ce que l’assistance conserve sur toi

## Choices

severity_low = Faible : ça me gêne
severity_normal = Normale : ça ne marche pas comme il faut
severity_high = Élevée : je ne peux pas en utiliser une partie
severity_critical = Critique : je ne peux pas l’utiliser du tout, ou je perds quelque chose
status_new = Nouveau
status_open = En cours
status_waiting_for_person = En attente de la personne
status_waiting_for_us = En attente de nous
status_resolved = Résolu
status_closed = Fermé
status_reopened = Rouvert
kind_bug = Bug
kind_feature = Fonctionnalité
kind_support = Assistance
