# The commands as Discord's menu shows them, in German. The English file says more.

## Names of commands, subcommands and options

name_helpme = hilfe
name_message = nachricht
name_agent = mensch
name_close = beenden
name_help_button = hilfe_knopf
name_send_to_support = An den Support senden
name_bug = fehler
name_new_feature = wunsch
name_case = fall
name_privacy = datenschutz
name_view = zeigen
name_mine = meine
name_list = liste
name_assign = zuweisen
name_status = status
name_note = notiz
name_link = verknüpfen
name_reopen = wieder_öffnen
name_export = exportieren
name_delete = löschen
name_question = frage
name_text = text
name_about = thema
name_title = titel
name_steps = schritte
name_platform = plattform
name_severity = schwere
name_file = datei
name_number = nummer
name_kind = art
name_mine_only = nur_meine
name_to = an
name_reason = grund

## Descriptions

helpme = Hol dir Hilfe: öffnet einen privaten Chat mit dem Support
helpme_question = Wobei du Hilfe brauchst
message = Schick dem Support eine Nachricht
message_text = Was du sagen möchtest
message_file = Ein Bild, ein Video, eine Tonaufnahme oder ein Dokument dazu
agent = Bitte einen Menschen in deinen Support-Chat
agent_about = Worum es geht
close = Beende deinen Support-Chat
help_button = Einen Knopf für Hilfe in diesen Kanal stellen (Moderation)
help_button_text = Was über dem Knopf steht
bug = Melde einen Fehler; ohne Optionen öffnet sich ein Formular
new_feature = Schlag eine Funktion vor; ohne Optionen öffnet sich ein Formular
report_title = In einer Zeile, 10 bis 90 Zeichen
bug_text = Was passiert ist und was du erwartet hast
feature_text = Was du dir wünschst und wofür
bug_steps = Wie man es auslöst
report_platform = Wo du spielst
bug_severity = Wie schlimm es ist
feature_severity = Wie wichtig es dir ist
report_file = Ein Screenshot, Video oder Protokoll, bis zu 10 MiB
case = Meldungen und Hilfeanfragen
case_view = Einen Fall zeigen (Moderation)
case_mine = Deine eigenen Fälle zeigen
case_list = Fälle auflisten (Moderation)
case_assign = Einen Fall jemandem zuweisen (Moderation)
case_status = Den Status eines Falls ändern (Moderation)
case_note = Eine Notiz anfügen, die nur Moderation und Team sehen (Moderation)
case_link = Einen Fall als Dublette eines anderen schließen (Moderation)
case_reopen = Einen Fall wieder öffnen (Moderation)
case_number = Nummer des Falls oder Wörter aus dem Titel
case_list_status = Nur mit diesem Status
case_list_kind = Nur von dieser Art
case_list_mine_only = Nur die dir zugewiesenen
case_assign_to = Wer ihn übernimmt; du, wenn niemand angegeben ist
case_status_to = Der neue Status
case_reason = Warum; die Person liest das auch
case_note_text = Die Notiz
case_link_to = Nummer des Falls, der offen bleibt
privacy = Deine Daten beim Support
privacy_export = Hol dir eine Kopie dessen, was der Support über dich aufbewahrt
privacy_delete = Lass löschen, was der Support über dich aufbewahrt

## Choices

severity_low = Niedrig: es stört mich
severity_normal = Normal: es funktioniert nicht, wie es sollte
severity_high = Hoch: einen Teil kann ich nicht benutzen
severity_critical = Kritisch: ich kann es gar nicht benutzen oder verliere etwas
status_new = Neu
status_open = In Arbeit
status_waiting_for_person = Wartet auf die Person
status_waiting_for_us = Wartet auf uns
status_resolved = Gelöst
status_closed = Geschlossen
status_reopened = Wieder offen
kind_bug = Fehler
kind_feature = Funktion
kind_support = Support
