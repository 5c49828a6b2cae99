# What the front door answers at once, in French. The English file says more.

## The reply form

reply_title = Écrire à l’assistance
reply_label = Ton message
reply_placeholder = Écris autant que tu veux. Nous lisons chaque ligne.
reply_files_about = Images, vidéos, sons ou documents, jusqu’à 16 Mio chacun.

## The forms of reports

bug_form = Signaler un bug
feature_form = Suggérer une fonctionnalité
title = Titre
title_about = Une ligne à laquelle les autres le reconnaissent, au moins 10 caractères.
bug_title_placeholder = La carte plante quand je zoome
feature_title_placeholder = Pouvoir trier mon inventaire par nom
bug_text = Ce qui s’est passé
bug_text_about = Ce que tu as vu, et ce que tu attendais. C’est affiché sur le tableau du serveur.
feature_text = Ce que tu aimerais
feature_text_about = Et pour quoi faire. C’est affiché sur le tableau du serveur.
steps = Étapes
steps_about = Comment le reproduire, si tu le sais.
platform = Plateforme
platform_placeholder = Où tu joues
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = Web
platform_console = Console
platform_other = Autre
importance = À quel point c’est important pour toi
importance_placeholder = Utile
importance_low = Ce serait bien
importance_normal = Utile
importance_high = Important
importance_critical = Je ne peux pas m’en passer
files = Fichiers
files_about = Jusqu’à 3 captures d’écran, vidéos ou journaux, de 10 Mio chacun.

## Refusals

unknown_command = Je ne connais pas ceci ; c’est peut-être renommé ou supprimé. `/aide` fonctionne toujours.
not_yours = Ceci appartient à la discussion de quelqu’un d’autre. Utilise `/aide` pour ouvrir la tienne.
could_not_take = Je n’ai pas pu prendre ta demande. Réessaie dans un instant, s’il te plaît.
