# What a reporter reads, in German. The English file says more.

## Filing

filed_without_link = Danke, deine Meldung hat die Nummer **#{ $number }**. Wir schreiben dir, wenn sich etwas tut.
filed_with_link = Danke, deine Meldung hat die Nummer **#{ $number }**: { $link }
    Wir schreiben dir, wenn sich etwas tut.
filed_without_board = Danke, deine Meldung hat die Nummer **#{ $number }**. Auf dem Board konnte sie nicht gezeigt werden, aber wir haben sie und schreiben dir, wenn sich etwas tut.
files_not_kept = Deine Meldung ist angekommen, aber diese Dateien konnten nicht aufbewahrt werden: { $names }
board_link = Auf dem Board: { $link }
not_here = Meldungen kann man nur auf einem Server abgeben. Bitte benutze den Befehl dort.
blocked_by_automod = Die Regeln dieses Servers lassen einen Teil deines Textes nicht zu. Bitte formuliere ihn anders.
draft_gone = Dieser Entwurf ist abgelaufen. Bitte fang noch einmal an.

## Reports that are there already

similar_found = { $count ->
        [one] Es gibt eine ähnliche Meldung. Ist es auch deine?
       *[other] Es gibt { $count } ähnliche Meldungen. Ist deine dabei?
    } Gib ihr deine Stimme oder melde deine trotzdem.
similar_line = **#{ $number }** { $title } ({ $votes ->
        [one] { $votes } Stimme
       *[other] { $votes } Stimmen
    })
file_anyway = Meine trotzdem melden
add_vote = Für #{ $number } stimmen
voted = Deine Stimme zählt: **#{ $number }** hat jetzt { $votes ->
        [one] { $votes } Stimme
       *[other] { $votes } Stimmen
    }.
voted_already = Du hast schon für **#{ $number }** gestimmt.
your_own_report = **#{ $number }** ist deine eigene Meldung und hat deine Stimme schon.

## Severity

how_severe = Wie schlimm ist es?
severity_placeholder = Wähle, wie schlimm es ist
severity_low = Schönheitsfehler: sieht falsch aus, funktioniert aber
severity_normal = Lästig: es gibt einen Umweg
severity_high = Ernst: etwas Wichtiges funktioniert nicht
severity_critical = Kritisch: nichts geht mehr oder etwas ging verloren
severity_saved = Notiert für **#{ $number }**: { $label }
severity_locked = An **#{ $number }** arbeitet schon jemand, darum bleibt der Schweregrad, wie er ist.

## A form that cannot be filed

handed_back = Deine Meldung wurde nicht abgegeben. Dein Text steht unten, und *{ fill_in_again }* öffnet das Formular damit.
fill_in_again = Noch einmal ausfüllen
attach_again = Häng deine Dateien dort noch einmal an: Ein Formular behält sie nicht.
title_too_short = Der Titel ist zu kurz: mindestens { $min } Zeichen.
title_too_long = Der Titel ist zu lang: höchstens { $max } Zeichen.
text_missing = Die Beschreibung fehlt.
text_too_long = Der Text ist zu lang: höchstens { $max } Zeichen.
too_many_files = Zu viele Dateien: höchstens { $max }.
file_too_large = { $name } ist zu groß: höchstens { $max_mib } MiB.
files_too_large_together = Die Dateien sind zusammen zu groß: höchstens { $max_mib } MiB.
file_wrong_type = { $name } hat einen Dateityp, den wir nicht annehmen. Möglich sind: { $allowed }
file_gone = { $name } konnte nicht geladen werden. Bitte häng die Datei noch einmal an.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    Daran wird jetzt gearbeitet.
status_open_by = **#{ $number }** { $title }
    { $by } arbeitet jetzt daran.
status_waiting_for_person = **#{ $number }** { $title }
    Wir brauchen etwas von dir, um weiterzukommen. Bitte antworte in diesem Chat mit `/message` oder im Thread der Meldung.
status_waiting_for_us = **#{ $number }** { $title }
    Danke, wir sind wieder am Zug. Du musst nichts tun.
status_resolved = **#{ $number }** { $title }
    Das ist gelöst. Falls nicht, drücke innerhalb von { $days ->
        [one] { $days } Tag
       *[other] { $days } Tagen
    } auf *{ reopen }*.
status_closed = **#{ $number }** { $title }
    Dieser Fall ist geschlossen.
status_reopened = **#{ $number }** { $title }
    Dieser Fall ist wieder offen.
reason_given = Grund:
    { $text }
in_thread = { $mention }, es gibt Neues zu deiner Meldung:

## Reopening

reopen = Wieder öffnen
reopened_by_you = **#{ $number }** ist wieder offen. Wir sehen es uns noch einmal an.
reopen_too_late = **#{ $number }** wurde vor mehr als { $days ->
        [one] { $days } Tag
       *[other] { $days } Tagen
    } gelöst und lässt sich nicht mehr öffnen. Bitte gib eine neue Meldung ab.
reopen_not_possible = **#{ $number }** lässt sich nicht wieder öffnen. Der Status ist: { $status }

## Names

status_name_new = Neu
status_name_open = In Arbeit
status_name_waiting_for_person = Wartet auf dich
status_name_waiting_for_us = Wartet auf uns
status_name_resolved = Gelöst
status_name_closed = Geschlossen
status_name_reopened = Wieder offen
kind_name_bug = Fehlermeldung
kind_name_feature = Funktionswunsch
kind_name_support = Support

## Own cases

mine_none = Du hast keine Fälle. Mit `/bug` und `/new_feature` meldest du einen.
mine_heading = { $count ->
        [one] Dein Fall:
       *[other] Deine { $count } Fälle:
    }
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = Den Fall { $number } gibt es hier nicht.

## Privacy

export_ready = Die angehängte Datei enthält alles, was wir über dich aufbewahren.
export_too_large = Was wir über dich aufbewahren, passt hier nicht in eine Datei. Bitte frag einen Moderator des Servers danach.
delete_asks = **Soll gelöscht werden, was wir über dich aufbewahren?**
    Deine Chats werden beendet und entfernt. Deine Fälle behalten Nummer und Sachverhalt, aber nicht deinen Namen. Das lässt sich nicht rückgängig machen.
delete_confirm = Alles löschen
delete_keep = Behalten
deleted = Was wir über dich aufbewahrt haben, ist gelöscht. Deine Fälle tragen deinen Namen nicht mehr.
nothing_deleted = Es wurde nichts gelöscht.
privacy_busy = Wir arbeiten gerade noch an etwas von dir. Bitte versuch es in einer Minute noch einmal.
