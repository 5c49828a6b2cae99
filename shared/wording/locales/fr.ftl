# What a person reads, in French. The English file says more.

## The chat

greeting = Bonjour { $name }, bienvenue à l’assistance. Écris simplement ici, appuie sur *{ reply }* ou utilise `/message` pour nous écrire ; l’assistant répond tout de suite, et une personne prend le relais quand tu le demandes.
welcome_back = Ta discussion est ouverte. Écris simplement ici, appuie sur *{ reply }* ou utilise `/message` pour continuer.
come_to_the_dm = Je t’ai écrit : { $link }
here_we_are = Ta discussion est ici.
dms_are_closed = Je ne peux pas t’écrire. Autorise les messages privés, s’il te plaît : fais un clic droit sur le nom de ce serveur (sur un téléphone : touche-le et ouvre le menu), choisis *Paramètres de confidentialité*, active *Messages privés*, puis utilise de nouveau `/aide`.
or_a_private_thread = Ou parlons dans un fil privé de ce serveur, que seuls toi et ses modérateurs voient.
send_files_again = Renvoie ensuite tes fichiers : ils ne sont pas gardés.
private_thread = Fil privé
thread_name = Assistance pour { $name } ({ $code })
come_to_the_thread = J’ai ouvert un fil privé pour nous : { $link }
no_private_thread = Il n’y a pas de fils privés dans ce salon. Utilise `/aide` dans un salon textuel ordinaire de ce serveur, s’il te plaît.
thread_not_allowed = Je n’ai pas le droit d’ouvrir un fil privé ici. Demande aux modérateurs de ce serveur de le permettre, ou autorise les messages privés.
greeting_in_thread = Bonjour { $name }, bienvenue à l’assistance. Appuie sur *{ reply }* ou utilise `/message` pour nous écrire ; ce que tu écris ici nous parvient si tu m’y mentionnes. L’assistant répond tout de suite, et une personne prend le relais quand tu le demandes.
welcome_back_in_thread = Ta discussion est ouverte. Appuie sur *{ reply }*, utilise `/message` ou mentionne-moi dans ce que tu écris pour continuer.
cannot_read_here = Je ne peux pas lire ce qui est écrit ici, sauf si tu m’y mentionnes. Appuie sur *{ reply }* pour nous écrire.
installed = Bonjour { $name }, ravi de t’accueillir. Quand tu as besoin d’aide, appuie sur *{ ask_a_question }* ou utilise `/aide` ; d’ici là, rien ne commence.
ask_a_question = Poser une question
help_offered = Besoin d’aide ? Appuie sur le bouton : tu nous parles en privé, et personne d’autre ici ne le voit.
get_help = Obtenir de l’aide
start_a_chat = Commencer une discussion avec l’assistance ?
start = Commencer
not_now = Pas maintenant
not_started = D’accord. Le bouton reste ici pour quand tu en auras besoin.
chat_is_open = Ta discussion est ouverte : { $link }
button_posted = Le bouton est maintenant dans ce salon.
may_not_post_here = Je n’ai pas le droit d’écrire dans ce salon. Permets-moi de le voir et d’y envoyer des messages, puis réessaie.
moderators_post = Seuls les modérateurs peuvent poser le bouton.
own_line = **Toi :** { $text }
on_its_way = C’est envoyé. La réponse arrivera dans ta discussion.
nothing_to_send = Il n’y a rien à envoyer : le message ne contient pas de texte.
too_long = C’est trop long : { $max } caractères au maximum. Envoie-le en plusieurs parties, s’il te plaît.
only_your_own_messages = Tu ne peux envoyer à l’assistance que tes propres messages.
not_yours = Ceci appartient à quelqu’un d’autre.
no_open_chat = Aucune discussion n’est ouverte. Utilise `/aide` pour en commencer une.
ending = Fin de la discussion…
agent_is_called = Dossier #{ $number } : un conseiller va rejoindre ta discussion : { $link }
agent_was_called = Un conseiller a déjà été appelé.
agent_was_called_for = Un conseiller a déjà été appelé : dossier #{ $number }.
trouble = Quelque chose n’a pas fonctionné de notre côté. Ta demande est conservée et sera réessayée dans une minute.
reply = Répondre
talk_to_a_person = Parler à une personne
end_chat = Terminer la discussion

## What happens in the chat

case_opened = Le dossier #{ $number } a été créé pour toi ; un conseiller va rejoindre cette discussion.
agent_called = Dossier #{ $number } : un conseiller a été appelé et va rejoindre cette discussion.
agent_joined = **{ $name }** a rejoint la discussion.
agent_left = **{ $name }** est parti ; c’est de nouveau l’assistant qui te répond.
agent_gone = **{ $name }** a quitté la discussion.
passed_on = **{ $name }** est parti ; un autre conseiller va rejoindre cette discussion.
some_agent = Un conseiller
nobody_available = Personne n’est disponible pour le moment. Tu peux continuer à poser tes questions à l’assistant.
nobody_available_for = Personne n’est disponible pour le moment. Nous gardons le dossier #{ $number } et nous t’écrirons ici. Tu peux continuer à poser tes questions à l’assistant.
queue_place = Tu es numéro { $place } dans la file d’attente.
outside_hours = Il n’y a personne pour le moment. Nous gardons le dossier #{ $number } et nous t’écrirons ici. Tu peux continuer à poser tes questions à l’assistant.
outside_hours_until = Il n’y a personne pour le moment ; nous serons de retour : { $time }. Nous gardons le dossier #{ $number } et nous t’écrirons ici. Tu peux continuer à poser tes questions à l’assistant.
ended = Cette discussion est terminée. Utilise `/aide` ou appuie sur *{ reply }* pour en commencer une nouvelle.
end_asks = Veux-tu terminer cette discussion ?
go_on = Continuer
chat_goes_on = D’accord, la discussion continue.
silence_warning = Personne n’a écrit ici depuis un moment. Cette discussion se terminera { $when } si tu n’écris rien.
rating_asks = C’était comment ? 1 est mauvais, 5 est excellent.
rated = Merci, ta note pour le dossier #{ $number } est enregistrée : { $stars } sur 5. Appuie sur un autre chiffre pour la changer.
add_a_comment = Ajouter un commentaire
comment_title = Ton commentaire
comment_label = Qu’est-ce qui était bien ou non ?
comment_kept = Merci, ton commentaire sur le dossier #{ $number } est enregistré.
transcript = Transcription
transcript_ready = Le fichier joint contient ce qui a été dit dans cette discussion.
transcript_cut = Elle est longue : seule la partie la plus récente tient dans le fichier.
transcript_gone = Ce qui a été dit dans cette discussion n’est plus conservé.
transcript_heading = Discussion du { $date }. Toutes les heures sont en UTC.
transcript_you = Toi
transcript_you_edited = Toi (modifié)
transcript_assistant = Assistant
transcript_agent = Conseiller
transcript_file = [fichier : { $name }]
line_lost = Ton dernier message n’a pas pu être transmis. Renvoie-le dans quelques minutes, s’il te plaît.
unsupported = (On t’a envoyé quelque chose qui ne peut pas être affiché ici.)
sent_earlier = (envoyé plus tôt) { $text }
found = { $count ->
        [one] Ceci peut t’aider :
       *[other] Ces articles peuvent t’aider :
    }
found_nothing = Je n’ai rien trouvé à ce sujet dans nos articles d’aide. Veux-tu parler à une personne ?

## Filing

filed_without_link = Merci, ton signalement est enregistré : **#{ $number }**. Nous t’écrirons dès qu’il y aura du nouveau.
filed_with_link = Merci, ton signalement est enregistré : **#{ $number }** { $link }
    Nous t’écrirons dès qu’il y aura du nouveau.
filed_without_board = Merci, ton signalement est enregistré : **#{ $number }**. Il n’a pas pu être affiché sur le tableau, mais nous l’avons bien reçu et nous t’écrirons dès qu’il y aura du nouveau.
files_not_kept = Ton signalement est enregistré, mais ces fichiers n’ont pas pu être conservés : { $names }
board_link = Sur le tableau : { $link }
not_here = Les signalements se font uniquement sur un serveur. Utilise cette commande là-bas.
blocked_by_automod = Les règles de ce serveur n’autorisent pas une partie de ton texte. Formule-le autrement, s’il te plaît.
draft_gone = Ce brouillon a expiré. Recommence, s’il te plaît.

## Reports that are there already

similar_found = { $count ->
        [one] Il existe un signalement semblable. Est-ce aussi le tien ?
       *[other] Il existe { $count } signalements semblables. Est-ce l’un d’eux ?
    } Ajoute ton vote, ou envoie quand même le tien.
similar_line = **#{ $number }** { $title } ({ $votes ->
        [one] { $votes } vote
       *[other] { $votes } votes
    })
file_anyway = Envoyer quand même le mien
add_vote = Voter pour #{ $number }
voted = Ton vote est compté : **#{ $number }** a maintenant { $votes ->
        [one] { $votes } vote
       *[other] { $votes } votes
    }.
voted_already = Tu as déjà voté pour **#{ $number }**.
your_own_report = **#{ $number }** est ton propre signalement : il a déjà ton vote.

## Severity

how_severe = Est-ce que c’est grave ?
severity_placeholder = Choisis la gravité
severity_low = Cosmétique : l’affichage est faux, tout marche
severity_normal = Gênant : on peut le contourner
severity_high = Sérieux : une chose importante ne marche pas
severity_critical = Critique : plus rien ne marche, ou quelque chose est perdu
severity_saved = C’est noté pour **#{ $number }** : { $label }
severity_locked = Quelqu’un s’occupe déjà de **#{ $number }**, sa gravité reste donc comme elle est.

## A form that cannot be filed

handed_back = Ton signalement n’a pas été enregistré. Ton texte est ci-dessous, et *{ fill_in_again }* rouvre le formulaire avec lui.
fill_in_again = Remplir à nouveau
attach_again = Joins-y de nouveau tes fichiers : un formulaire ne les garde pas.
title_too_short = Le titre est trop court : au moins { $min } caractères.
title_too_long = Le titre est trop long : { $max } caractères au maximum.
text_missing = Il manque la description.
text_too_long = Le texte est trop long : { $max } caractères au maximum.
too_many_files = Trop de fichiers : { $max } au maximum.
file_too_large = { $name } est trop volumineux : { $max_mib } Mio au maximum.
files_too_large_together = Les fichiers sont trop volumineux ensemble : { $max_mib } Mio au maximum.
file_wrong_type = { $name } est d’un type que nous n’acceptons pas. Types acceptés : { $allowed }
file_gone = { $name } n’a pas pu être récupéré. Joins-le à nouveau, s’il te plaît.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    Quelqu’un s’en occupe maintenant.
status_open_by = **#{ $number }** { $title }
    { $by } s’en occupe maintenant.
status_waiting_for_person = **#{ $number }** { $title }
    Nous avons besoin de toi pour continuer. Réponds dans cette discussion avec `/message`, ou dans le fil du signalement.
status_waiting_for_us = **#{ $number }** { $title }
    Merci, c’est de nouveau à nous. Tu n’as rien à faire.
status_resolved = **#{ $number }** { $title }
    C’est résolu. Si ce n’est pas le cas pour toi, appuie sur *{ reopen }* dans un délai de { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    }.
status_closed = **#{ $number }** { $title }
    Ce dossier est fermé.
status_reopened = **#{ $number }** { $title }
    Ce dossier est rouvert.
reason_given = Motif :
    { $text }
in_thread = { $mention }, il y a du nouveau pour ton signalement :

## Reopening

reopen = Rouvrir
reopened_by_you = **#{ $number }** est rouvert. Nous allons regarder à nouveau.
reopened_for_chat = **#{ $number }** est rouvert. Ta discussion continue ce dossier, aussi avec une personne si tu le demandes : { $link }
reopened_for_next_chat = **#{ $number }** est rouvert. Appuie sur *{ reply }* ou utilise `/message` pour nous écrire : ta prochaine discussion continue ce dossier.
reopened_for_later_chat = **#{ $number }** est rouvert. Ta discussion en cours porte sur autre chose ; ce dossier continue dans ta prochaine discussion, après celle-ci.
reopen_too_late = **#{ $number }** a été résolu il y a plus de { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    } et ne peut plus être rouvert. Fais un nouveau signalement, s’il te plaît.
reopen_not_possible = **#{ $number }** ne peut pas être rouvert. Son état : { $status }

## Names

status_name_new = Nouveau
status_name_open = En cours
status_name_waiting_for_person = En attente de toi
status_name_waiting_for_us = En attente de nous
status_name_resolved = Résolu
status_name_closed = Fermé
status_name_reopened = Rouvert
kind_name_bug = Signalement de bug
kind_name_feature = Suggestion
kind_name_support = Assistance

## Own cases

mine_none = Tu n’as aucun dossier. `/bug` et `/suggestion` en créent un.
mine_heading = { $count ->
        [one] Ton dossier :
       *[other] Tes { $count } dossiers :
    }
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = Il n’y a pas de dossier { $number } ici.
moderators_only = Seuls les modérateurs peuvent le faire. `/dossier miens` affiche tes propres dossiers.
chat_with = Discussion avec { $name }

## Privacy

export_ready = Le fichier joint contient tout ce que nous conservons sur toi.
export_too_large = Ce que nous conservons sur toi ne tient pas dans un seul fichier ici. Demande-le à un modérateur du serveur, s’il te plaît.
delete_asks = **Supprimer ce que nous conservons sur toi ?**
    Tes discussions prennent fin et sont supprimées. Tes dossiers gardent leur numéro et les faits, mais pas ton nom. C’est irréversible.
delete_confirm = Tout supprimer
delete_keep = Ne rien supprimer
deleted = Ce que nous conservions sur toi est supprimé. Tes dossiers ne portent plus ton nom.
thread_not_deleted = Un fil privé de tes discussions n’a pas pu être supprimé. Demande aux modérateurs de ce serveur de le supprimer.
nothing_deleted = Rien n’a été supprimé.
privacy_busy = Nous traitons encore quelque chose pour toi. Réessaie dans une minute, s’il te plaît.

## Files and edits in the chat

files_left_out = Ton message a été transmis, mais pas tout ce qui l'accompagnait :
file_empty = { $name } est vide.
file_refused = { $name } n'a pas été accepté par notre système d'assistance.
edit_too_late = Ton chat est terminé, la modification de ton message n'a donc pas été transmise.
agent_file_too_large = [fichier : { $name } (trop volumineux pour être affiché ici)]
agent_file_gone = [fichier : { $name } (n'a pas pu être récupéré)]
