# What the front door answers at once, in German. The English file says more.

## The reply form

reply_title = An den Support schreiben
reply_label = Deine Nachricht
reply_placeholder = Schreib, so viel du magst. Wir lesen jede Zeile.
reply_files_about = Bilder, Videos, Tonaufnahmen oder Dokumente, je bis zu 16 MiB.

## The forms of reports

bug_form = Fehler melden
feature_form = Funktion vorschlagen
title = Titel
title_about = Eine Zeile, an der andere es erkennen, mindestens 10 Zeichen.
bug_title_placeholder = Die Karte stürzt beim Hineinzoomen ab
feature_title_placeholder = Mein Inventar nach Namen sortieren können
bug_text = Was ist passiert?
bug_text_about = Was du gesehen und was du erwartet hast. Es erscheint auf dem Board des Servers.
feature_text = Was wünschst du dir?
feature_text_about = Und wofür? Es erscheint auf dem Board des Servers.
steps = Schritte
steps_about = Wie man es auslöst, falls du es weißt.
platform = Plattform
platform_placeholder = Wo du spielst
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = Web
platform_console = Konsole
platform_other = Andere
importance = Wie wichtig ist es dir?
importance_placeholder = Nützlich
importance_low = Wäre schön
importance_normal = Nützlich
importance_high = Wichtig
importance_critical = Ohne geht es nicht
files = Dateien
files_about = Bis zu 3 Screenshots, Videos oder Protokolle, je 10 MiB.

## Refusals

unknown_command = Das kenne ich nicht; vielleicht wurde es umbenannt oder entfernt. `/hilfe` geht immer.
not_yours = Das gehört zum Chat von jemand anderem. Mit `/hilfe` öffnest du deinen eigenen.
could_not_take = Das konnte ich gerade nicht annehmen. Bitte versuch es gleich noch einmal.
