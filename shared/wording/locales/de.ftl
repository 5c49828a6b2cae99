# What a person reads, in German. The English file says more.

## The chat

greeting = Hallo { $name }, willkommen beim Support. Schreib uns einfach hier, drück *{ reply }* oder benutze `/nachricht`; der Assistent antwortet sofort, und ein Mensch übernimmt, wenn du das möchtest.
welcome_back = Dein Chat ist offen. Schreib einfach hier, drück *{ reply }* oder benutze `/nachricht`, um weiterzumachen.
come_to_the_dm = Ich habe dir geschrieben: { $link }
here_we_are = Dein Chat ist hier.
dms_are_closed = Ich kann dir nicht schreiben. Bitte erlaube Direktnachrichten: Klick mit der rechten Maustaste auf den Namen dieses Servers (am Handy: tipp ihn an und öffne das Menü), wähle *Privatsphäre-Einstellungen*, schalte *Direktnachrichten* ein und benutze `/hilfe` noch einmal.
or_a_private_thread = Oder wir reden in einem privaten Thread dieses Servers, den nur du und die Moderation sehen.
send_files_again = Schick deine Dateien dann noch einmal: Sie werden nicht aufgehoben.
private_thread = Privater Thread
thread_name = Support für { $name } ({ $code })
come_to_the_thread = Ich habe einen privaten Thread für uns geöffnet: { $link }
no_private_thread = In diesem Kanal gibt es keine privaten Threads. Bitte benutze `/hilfe` in einem gewöhnlichen Textkanal dieses Servers.
thread_not_allowed = Ich darf hier keinen privaten Thread öffnen. Bitte die Moderation dieses Servers darum, oder erlaube Direktnachrichten.
greeting_in_thread = Hallo { $name }, willkommen beim Support. Drück *{ reply }* oder benutze `/nachricht`, um uns zu schreiben; was du hier tippst, erreicht uns, wenn du mich darin erwähnst. Der Assistent antwortet sofort, und ein Mensch übernimmt, wenn du das möchtest.
welcome_back_in_thread = Dein Chat ist offen. Drück *{ reply }*, benutze `/nachricht` oder erwähne mich in dem, was du tippst, um weiterzumachen.
cannot_read_here = Was hier getippt wird, kann ich nur lesen, wenn du mich darin erwähnst. Drück *{ reply }*, um uns zu schreiben.
installed = Hallo { $name }, schön, dass du da bist. Wenn du Hilfe brauchst, drück *{ ask_a_question }* oder benutze `/hilfe`; bis dahin wird nichts begonnen.
ask_a_question = Eine Frage stellen
help_offered = Brauchst du Hilfe? Drück den Knopf: Du sprichst privat mit uns, und niemand sonst hier sieht es.
get_help = Hilfe holen
start_a_chat = Einen Chat mit dem Support beginnen?
start = Beginnen
not_now = Nicht jetzt
not_started = In Ordnung. Der Knopf bleibt hier, falls du ihn brauchst.
chat_is_open = Dein Chat ist offen: { $link }
button_posted = Der Knopf steht jetzt in diesem Kanal.
may_not_post_here = Ich darf in diesem Kanal nicht schreiben. Bitte erlaube mir, ihn zu sehen und darin Nachrichten zu senden, und versuch es noch einmal.
moderators_post = Den Knopf kann nur die Moderation aufstellen.
own_line = **Du:** { $text }
on_its_way = Gesendet. Die Antwort kommt in deinem Chat.
nothing_to_send = Es gibt nichts zu senden: Die Nachricht hat keinen Text.
too_long = Das ist zu lang: höchstens { $max } Zeichen. Bitte schick es in mehreren Teilen.
only_your_own_messages = Du kannst nur deine eigenen Nachrichten an den Support senden.
not_yours = Das gehört jemand anderem.
no_open_chat = Es ist kein Chat offen. Mit `/hilfe` beginnst du einen.
ending = Der Chat wird beendet …
agent_is_called = Fall #{ $number }: Jemand aus dem Team kommt in deinen Chat: { $link }
agent_was_called = Es wurde schon jemand aus dem Team gerufen.
agent_was_called_for = Es wurde schon jemand aus dem Team gerufen: Fall #{ $number }.
trouble = Bei uns ist etwas schiefgegangen. Es ist aufgehoben und wird in einer Minute noch einmal versucht.
reply = Antworten
talk_to_a_person = Mit einem Menschen sprechen
end_chat = Chat beenden

## What happens in the chat

case_opened = Fall #{ $number } wurde für dich angelegt; jemand aus dem Team kommt in diesen Chat.
agent_called = Fall #{ $number }: Es wurde jemand aus dem Team gerufen und kommt in diesen Chat.
agent_joined = **{ $name }** ist jetzt im Chat.
agent_left = **{ $name }** hat den Chat verlassen; jetzt antwortet wieder der Assistent.
agent_gone = **{ $name }** hat den Chat verlassen.
passed_on = **{ $name }** hat den Chat verlassen; jemand anderes aus dem Team kommt in diesen Chat.
some_agent = Jemand aus dem Team
nobody_available = Gerade ist niemand frei. Du kannst weiter den Assistenten fragen.
nobody_available_for = Gerade ist niemand frei. Wir behalten Fall #{ $number } und schreiben dir hier. Du kannst weiter den Assistenten fragen.
queue_place = Du bist Nummer { $place } in der Warteschlange.
outside_hours = Gerade ist niemand da. Wir behalten Fall #{ $number } und schreiben dir hier. Du kannst weiter den Assistenten fragen.
outside_hours_until = Gerade ist niemand da; wir sind wieder da: { $time }. Wir behalten Fall #{ $number } und schreiben dir hier. Du kannst weiter den Assistenten fragen.
ended = Dieser Chat ist beendet. Mit `/hilfe` oder *{ reply }* beginnst du einen neuen.
end_asks = Möchtest du diesen Chat beenden?
go_on = Weitermachen
chat_goes_on = In Ordnung, der Chat geht weiter.
silence_warning = Hier hat eine Weile niemand geschrieben. Dieser Chat endet { $when }, wenn du nichts schreibst.
rating_asks = Wie war es? 1 ist schlecht, 5 ist sehr gut.
rated = Danke, deine Bewertung von Fall #{ $number } ist notiert: { $stars } von 5. Mit einer anderen Zahl änderst du sie.
add_a_comment = Kommentar hinzufügen
comment_title = Dein Kommentar
comment_label = Was war gut, was nicht?
comment_kept = Danke, dein Kommentar zu Fall #{ $number } ist notiert.
transcript = Verlauf
transcript_ready = In der angehängten Datei steht, was in diesem Chat gesagt wurde.
transcript_cut = Er ist lang: Nur der neueste Teil passt in die Datei.
transcript_gone = Was in diesem Chat gesagt wurde, ist nicht mehr aufgehoben.
transcript_heading = Chat vom { $date }. Alle Zeiten sind in UTC.
transcript_you = Du
transcript_you_edited = Du (bearbeitet)
transcript_assistant = Assistent
transcript_agent = Team
transcript_file = [Datei: { $name }]
line_lost = Deine letzte Nachricht konnte nicht weitergegeben werden. Bitte schick sie in ein paar Minuten noch einmal.
unsupported = (Dir wurde etwas geschickt, das hier nicht gezeigt werden kann.)
sent_earlier = (früher gesendet) { $text }
found = { $count ->
        [one] Das könnte helfen:
       *[other] Diese Artikel könnten helfen:
    }
found_nothing = Dazu habe ich in unseren Hilfeartikeln nichts gefunden. Möchtest du mit einem Menschen sprechen?

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
    Wir brauchen etwas von dir, um weiterzukommen. Bitte antworte in diesem Chat mit `/nachricht` oder im Thread der Meldung.
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
reopened_for_chat = **#{ $number }** ist wieder offen. Dein Chat setzt diesen Fall fort, auch mit einem Menschen, wenn du danach fragst: { $link }
reopened_for_next_chat = **#{ $number }** ist wieder offen. Drück *{ reply }* oder benutze `/nachricht`, um uns zu schreiben: Dein nächster Chat setzt diesen Fall fort.
reopened_for_later_chat = **#{ $number }** ist wieder offen. In deinem offenen Chat geht es um etwas anderes; dieser Fall geht in deinem nächsten Chat weiter, nach diesem.
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

mine_none = Du hast keine Fälle. Mit `/fehler` und `/wunsch` meldest du einen.
mine_heading = { $count ->
        [one] Dein Fall:
       *[other] Deine { $count } Fälle:
    }
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = Den Fall { $number } gibt es hier nicht.
moderators_only = Das kann nur die Moderation. `/fall meine` zeigt deine eigenen Fälle.
chat_with = Chat mit { $name }

## Privacy

export_ready = Die angehängte Datei enthält alles, was wir über dich aufbewahren.
export_too_large = Was wir über dich aufbewahren, passt hier nicht in eine Datei. Bitte frag einen Moderator des Servers danach.
delete_asks = **Soll gelöscht werden, was wir über dich aufbewahren?**
    Deine Chats werden beendet und entfernt. Deine Fälle behalten Nummer und Sachverhalt, aber nicht deinen Namen. Das lässt sich nicht rückgängig machen.
delete_confirm = Alles löschen
delete_keep = Behalten
deleted = Was wir über dich aufbewahrt haben, ist gelöscht. Deine Fälle tragen deinen Namen nicht mehr.
thread_not_deleted = Ein privater Thread deiner Chats ließ sich nicht löschen. Bitte die Moderation jenes Servers, ihn zu löschen.
nothing_deleted = Es wurde nichts gelöscht.
privacy_busy = Wir arbeiten gerade noch an etwas von dir. Bitte versuch es in einer Minute noch einmal.

## Files and edits in the chat

files_left_out = Deine Nachricht wurde weitergegeben, aber nicht alles, was dabei war:
file_empty = { $name } ist leer.
file_refused = { $name } wurde von unserem Support-System nicht angenommen.
edit_too_late = Dein Chat ist beendet, deshalb wurde die Änderung deiner Nachricht nicht weitergegeben.
agent_file_too_large = [Datei: { $name } (zu groß, um hier gezeigt zu werden)]
agent_file_gone = [Datei: { $name } (konnte nicht geholt werden)]
