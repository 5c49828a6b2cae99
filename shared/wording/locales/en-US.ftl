# What a person reads in their chat and about their reports and cases. shared/wording/src/lib.rs says where each sentence stands.
# Titles, names and texts of people come escaped. Discord's Markdown works, except on buttons and in menus.

## The chat

greeting = Hello { $name }, welcome to support. Just type here, press *{ reply }* or use `/message` to write to us; the assistant answers at once, and a person takes over when you ask for one.
welcome_back = Your chat is open. Just type here, press *{ reply }* or use `/message` to go on.
come_to_the_dm = I have written to you: { $link }
here_we_are = Your chat is here.
dms_are_closed = I cannot write to you. Please allow direct messages: right-click this server's name (on a phone: tap it and open the menu), choose *Privacy Settings*, switch *Direct Messages* on, and use `/helpme` again.
or_a_private_thread = Or we talk in a private thread of this server, which only you and its moderators see.
send_files_again = Then send your files again: they are not kept.
private_thread = Private thread
thread_name = Support for { $name } ({ $code })
come_to_the_thread = I have opened a private thread for us: { $link }
no_private_thread = There are no private threads in this channel. Please use `/helpme` in an ordinary text channel of this server.
thread_not_allowed = I may not open a private thread here. Please ask the moderators of this server to let me, or allow direct messages.
greeting_in_thread = Hello { $name }, welcome to support. Press *{ reply }* or use `/message` to write to us; what you type here reaches us when you mention me in it. The assistant answers at once, and a person takes over when you ask for one.
welcome_back_in_thread = Your chat is open. Press *{ reply }*, use `/message`, or mention me in what you type to go on.
cannot_read_here = I cannot read what is typed here unless you mention me in it. Press *{ reply }* to write to us.
installed = Hello { $name }, it is good to have you. When you need help, press *{ ask_a_question }* or use `/helpme`; until then nothing is started.
ask_a_question = Ask a question
help_offered = Do you need help? Press the button: you talk to us in private, and nobody else here sees it.
get_help = Get help
start_a_chat = Start a chat with support?
start = Start
not_now = Not now
not_started = All right. The button stays here for when you need it.
chat_is_open = Your chat is open: { $link }
button_posted = The button stands in this channel now.
may_not_post_here = I may not write in this channel. Please allow me to view it and to send messages in it, and try again.
moderators_post = Only moderators can post the button.
own_line = **You:** { $text }
on_its_way = Sent. The answer comes in your chat.
nothing_to_send = There is nothing to send: the message has no text.
too_long = That is too long: at most { $max } characters. Please send it in parts.
only_your_own_messages = Only your own messages can be sent to support.
not_yours = This belongs to somebody else.
no_open_chat = There is no open chat. Use `/helpme` to start one.
ending = Ending the chat…
agent_is_called = Case #{ $number }: an agent will join your chat: { $link }
agent_was_called = An agent has been called already.
agent_was_called_for = An agent has been called already: case #{ $number }.
trouble = Something went wrong on our side. It is kept and tried again in a minute.
reply = Reply
talk_to_a_person = Talk to a person
end_chat = End chat

## What happens in the chat

case_opened = Case #{ $number } has been created for you; an agent will join this chat.
agent_called = Case #{ $number }: an agent has been called and will join this chat.
agent_joined = **{ $name }** has joined the chat.
agent_left = **{ $name }** has left; you are back with the assistant.
agent_gone = **{ $name }** has left the chat.
passed_on = **{ $name }** has left; another agent will join this chat.
some_agent = An agent
nobody_available = Nobody is available right now. You can go on asking the assistant.
nobody_available_for = Nobody is available right now. We keep case #{ $number } and will write to you here. You can go on asking the assistant.
queue_place = You are number { $place } in the queue.
outside_hours = Nobody is here right now. We keep case #{ $number } and will write to you here. You can go on asking the assistant.
outside_hours_until = Nobody is here right now; we are back on { $time }. We keep case #{ $number } and will write to you here. You can go on asking the assistant.
ended = This chat has ended. Use `/helpme` or press *{ reply }* to start a new one.
end_asks = Do you want to end this chat?
go_on = Go on
chat_goes_on = All right, the chat goes on.
silence_warning = Nobody has written here for a while. This chat will end { $when } unless you write something.
rating_asks = How was it? 1 is poor, 5 is great.
rated = Thank you, your rating for case #{ $number } is kept: { $stars } of 5. You can change it by pressing another number.
add_a_comment = Add a comment
comment_title = Your comment
comment_label = What was good, and what was not?
comment_kept = Thank you, your comment on case #{ $number } is kept.
transcript = Transcript
transcript_ready = The attached file holds what was said in that chat.
transcript_cut = It is long: only the newest part fits into the file.
transcript_gone = What was said in that chat is no longer kept.
transcript_heading = Chat of { $date }. All times are in UTC.
transcript_you = You
transcript_you_edited = You (edited)
transcript_assistant = Assistant
transcript_agent = Agent
transcript_file = [file: { $name }]
line_lost = Your last message could not be passed on. Please send it again in a few minutes.
unsupported = (You were sent something that cannot be shown here.)
sent_earlier = (sent earlier) { $text }
found = { $count ->
        [one] This may help:
       *[other] These may help:
    }
found_nothing = I found nothing about that in our help articles. Would you like to talk to a person?

## Filing

filed_without_link = Thank you, your report is filed as **#{ $number }**. We will write to you when something changes.
filed_with_link = Thank you, your report is filed as **#{ $number }**: { $link }
    We will write to you when something changes.
filed_without_board = Thank you, your report is filed as **#{ $number }**. It could not be shown on the board, but we have it and will write to you when something changes.
files_not_kept = Your report is filed, but these files could not be kept: { $names }
board_link = On the board: { $link }
not_here = Reports can only be filed in a server. Please use this command there.
blocked_by_automod = This server's rules do not allow a part of your text. Please word it differently.
draft_gone = That draft has expired. Please start again.

## Reports that are there already

similar_found = { $count ->
        [one] There is a similar report. Is it yours too?
       *[other] There are { $count } similar reports. Is it one of these?
    } Add your vote, or file yours anyway.
similar_line = **#{ $number }** { $title } ({ $votes ->
        [one] { $votes } vote
       *[other] { $votes } votes
    })
file_anyway = File mine anyway
add_vote = Add my vote to #{ $number }
voted = Your vote is counted: **#{ $number }** now has { $votes ->
        [one] { $votes } vote
       *[other] { $votes } votes
    }.
voted_already = You have voted for **#{ $number }** already.
your_own_report = **#{ $number }** is your own report, so it has your vote already.

## Severity

how_severe = How bad is it?
severity_placeholder = Choose how bad it is
severity_low = Cosmetic: looks wrong, works fine
severity_normal = Annoying: there is a way around it
severity_high = Serious: something I need does not work
severity_critical = Critical: nothing works, or something was lost
severity_saved = Noted for **#{ $number }**: { $label }
severity_locked = Somebody is working on **#{ $number }** already, so its severity stays as it is.

## A form that cannot be filed

handed_back = Your report was not filed. Your text is below, and *{ fill_in_again }* opens the form with it.
fill_in_again = Fill in again
attach_again = Attach your files again there: a form does not keep them.
title_too_short = The title is too short: at least { $min } characters.
title_too_long = The title is too long: at most { $max } characters.
text_missing = The description is missing.
text_too_long = The text is too long: at most { $max } characters.
too_many_files = Too many files: at most { $max }.
file_too_large = { $name } is too large: at most { $max_mib } MiB.
files_too_large_together = The files are too large together: at most { $max_mib } MiB.
file_wrong_type = { $name } is not of a type that we take. These are fine: { $allowed }
file_gone = { $name } could not be fetched. Please attach it again.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    Somebody is working on it now.
status_open_by = **#{ $number }** { $title }
    { $by } is working on it now.
status_waiting_for_person = **#{ $number }** { $title }
    We need something from you to go on. Please answer in this chat with `/message`, or in the report's thread.
status_waiting_for_us = **#{ $number }** { $title }
    Thank you, it is our turn again. You need not do anything.
status_resolved = **#{ $number }** { $title }
    This is resolved. If it is not for you, press *{ reopen }* within { $days ->
        [one] { $days } day
       *[other] { $days } days
    }.
status_closed = **#{ $number }** { $title }
    This case is closed.
status_reopened = **#{ $number }** { $title }
    This case is open again.
reason_given = Reason:
    { $text }
in_thread = { $mention }, there is news of your report:

## Reopening

reopen = Reopen
reopened_by_you = **#{ $number }** is open again. We will have another look.
reopened_for_chat = **#{ $number }** is open again. Your chat continues this case, also with a person when you ask for one: { $link }
reopened_for_next_chat = **#{ $number }** is open again. Press *{ reply }* or use `/message` to write to us: your next chat continues this case.
reopened_for_later_chat = **#{ $number }** is open again. Your open chat is about something else; this case continues in your next chat, after this one.
reopen_too_late = **#{ $number }** was resolved more than { $days ->
        [one] { $days } day
       *[other] { $days } days
    } ago and cannot be reopened any more. Please file a new report.
reopen_not_possible = **#{ $number }** cannot be reopened. Its status is: { $status }

## Names

status_name_new = New
status_name_open = In progress
status_name_waiting_for_person = Waiting for you
status_name_waiting_for_us = Waiting for us
status_name_resolved = Resolved
status_name_closed = Closed
status_name_reopened = Reopened
kind_name_bug = Bug report
kind_name_feature = Feature request
kind_name_support = Support

## Own cases

mine_none = You have no cases. `/bug` and `/new_feature` file one.
mine_heading = { $count ->
        [one] Your case:
       *[other] Your { $count } cases:
    }
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = There is no case { $number } here.
moderators_only = Only moderators can do that. `/case mine` shows your own cases.
chat_with = Chat with { $name }

## Privacy

export_ready = The attached file holds everything that we keep about you.
export_too_large = What we keep about you does not fit into one file here. Please ask a moderator of the server for it.
delete_asks = **Delete what we keep about you?**
    Your chats end and are removed. Your cases keep their numbers and the facts, but not your name. This cannot be undone.
delete_confirm = Delete everything
delete_keep = Keep it
deleted = What we kept about you is deleted. Your cases no longer carry your name.
thread_not_deleted = A private thread of your chats could not be deleted. Please ask the moderators of that server to delete it.
nothing_deleted = Nothing was deleted.
privacy_busy = We are still working on something of yours. Please try again in a minute.

## Files and edits in the chat

files_left_out = Your message was passed on, but not everything that came with it:
file_empty = { $name } is empty.
file_refused = { $name } was not accepted by our support system.
edit_too_late = Your chat has ended, so the change of your message was not passed on.
agent_file_too_large = [file: { $name } (too large to be shown here)]
agent_file_gone = [file: { $name } (could not be fetched)]
