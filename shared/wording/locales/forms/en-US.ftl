# What the front door answers at once: forms and refusals. Fixed texts, one line each; shared/domain/src/text_discord.rs says more.

## The reply form

reply_title = Write to support
reply_label = Your message
reply_placeholder = Write as much as you like. We read every line.
reply_files_about = Pictures, videos, sounds or documents, up to 16 MiB each.

## The forms of reports

bug_form = Report a bug
feature_form = Suggest a feature
title = Title
title_about = One line by which others recognise it, at least 10 characters.
bug_title_placeholder = The map crashes when I zoom in
feature_title_placeholder = Let me sort my inventory by name
bug_text = What happened
bug_text_about = What you saw, and what you expected instead. It is shown on the server's board.
feature_text = What you would like
feature_text_about = And what for. It is shown on the server's board.
steps = Steps
steps_about = How to make it happen, if you know.
platform = Platform
platform_placeholder = Where you play
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = Web
platform_console = Console
platform_other = Other
importance = How much it matters to you
importance_placeholder = Useful
importance_low = Nice to have
importance_normal = Useful
importance_high = Important
importance_critical = I cannot do without it
files = Files
files_about = Up to 3 screenshots, videos or logs, 10 MiB each.

## Refusals

unknown_command = I do not know this one; it may have been renamed or removed. `/helpme` always works.
not_yours = This belongs to somebody else's chat. Use `/helpme` to open your own.
could_not_take = I could not take that just now. Please try again in a moment.
