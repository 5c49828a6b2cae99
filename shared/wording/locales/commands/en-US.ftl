# The commands as Discord's menu shows them. Fixed texts, one line each; shared/domain/src/text_discord.rs says what they are for and how long
# they may be. A name is lower case without spaces; the English one is what Discord calls the command in every language.

## Names of commands, subcommands and options

name_helpme = helpme
name_message = message
name_agent = agent
name_close = close
name_help_button = help_button
name_send_to_support = Send to support
name_bug = bug
name_new_feature = new_feature
name_case = case
name_privacy = privacy
name_view = view
name_mine = mine
name_list = list
name_assign = assign
name_status = status
name_note = note
name_link = link
name_reopen = reopen
name_export = export
name_delete = delete
name_question = question
name_text = text
name_about = about
name_title = title
name_steps = steps
name_platform = platform
name_severity = severity
name_file = file
name_number = number
name_kind = kind
name_mine_only = mine_only
name_to = to
name_reason = reason

## Descriptions

helpme = Get help: opens a private chat with support
helpme_question = What you need help with
message = Send a message to support
message_text = What you want to say
message_file = A picture, video, sound or document to go with it
agent = Ask for a person to join your support chat
agent_about = What it is about
close = End your support chat
help_button = Post a button for getting help into this channel (moderators)
help_button_text = What stands above the button
bug = Report a bug; without options a form opens
new_feature = Suggest a new feature; without options a form opens
report_title = In one line, 10 to 90 characters
bug_text = What happened, and what you expected
feature_text = What you would like, and what for
bug_steps = How to make it happen
report_platform = Where you play
bug_severity = How bad it is
feature_severity = How much it matters to you
report_file = A screenshot, video or log, up to 10 MiB
case = Reports and requests for help
case_view = Show a case (moderators)
case_mine = Show your own cases
case_list = List cases (moderators)
case_assign = Give a case to somebody (moderators)
case_status = Change where a case stands (moderators)
case_note = Add a note that only moderators and agents see (moderators)
case_link = Close a case as a duplicate of another (moderators)
case_reopen = Open a case again (moderators)
case_number = Number of the case, or words of its title
case_list_status = Only with this status
case_list_kind = Only of this kind
case_list_mine_only = Only those assigned to you
case_assign_to = Who takes it; you, if left out
case_status_to = The new status
case_reason = Why; the person reads this too
case_note_text = The note
case_link_to = Number of the case that stays open
privacy = Your data with support
privacy_export = Get a copy of what support keeps about you
privacy_delete = Have support delete what it keeps about you

## Choices

severity_low = Low: it annoys me
severity_normal = Normal: it does not work as it should
severity_high = High: I cannot use a part of it
severity_critical = Critical: I cannot use it at all, or I lose something
status_new = New
status_open = Open
status_waiting_for_person = Waiting for the person
status_waiting_for_us = Waiting for us
status_resolved = Resolved
status_closed = Closed
status_reopened = Reopened
kind_bug = Bug
kind_feature = Feature
kind_support = Support
