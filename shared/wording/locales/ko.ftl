# What a person reads, in Korean. The English file says more.

## The chat

greeting = { $name } 님, 안녕하세요. 고객 지원에 오신 것을 환영합니다. 여기에 바로 입력하거나, *{ reply }* 버튼을 누르거나, `/메시지` 명령어로 글을 보내 주세요. 어시스턴트가 바로 답변하며, 원하시면 상담원이 이어서 도와드립니다.
welcome_back = 채팅이 열려 있습니다. 여기에 바로 입력하거나, *{ reply }* 버튼을 누르거나, `/메시지` 명령어로 계속해 주세요.
come_to_the_dm = 메시지를 보내 드렸습니다: { $link }
here_we_are = 채팅은 여기입니다.
dms_are_closed = 메시지를 보낼 수 없습니다. 다이렉트 메시지를 허용해 주세요. 이 서버의 이름을 마우스 오른쪽 버튼으로 누르고(휴대폰에서는 이름을 눌러 메뉴를 열고) *개인정보 보호 설정* 에서 *다이렉트 메시지* 를 켠 다음 `/도움말` 명령어를 다시 사용해 주세요.
or_a_private_thread = 또는 이 서버의 비공개 스레드에서 이야기할 수 있습니다. 본인과 관리자만 볼 수 있습니다.
send_files_again = 파일은 보관되지 않으므로 그다음에 다시 보내 주세요.
private_thread = 비공개 스레드
thread_name = { $name } 님 지원 ({ $code })
come_to_the_thread = 비공개 스레드를 열었습니다: { $link }
no_private_thread = 이 채널에는 비공개 스레드가 없습니다. 이 서버의 일반 텍스트 채널에서 `/도움말` 명령어를 사용해 주세요.
thread_not_allowed = 여기에서 비공개 스레드를 열 권한이 없습니다. 이 서버의 관리자에게 허용해 달라고 요청하거나 다이렉트 메시지를 허용해 주세요.
greeting_in_thread = { $name } 님, 안녕하세요. 고객 지원에 오신 것을 환영합니다. *{ reply }* 버튼을 누르거나 `/메시지` 명령어로 글을 보내 주세요. 여기에 입력한 내용은 저를 멘션하면 전달됩니다. 어시스턴트가 바로 답변하며, 원하시면 상담원이 이어서 도와드립니다.
welcome_back_in_thread = 채팅이 열려 있습니다. *{ reply }* 버튼을 누르거나, `/메시지` 명령어를 사용하거나, 입력할 때 저를 멘션하여 계속해 주세요.
cannot_read_here = 저를 멘션하지 않으면 여기에 입력한 내용을 읽을 수 없습니다. *{ reply }* 버튼을 눌러 글을 보내 주세요.
installed = { $name } 님, 안녕하세요. 반갑습니다. 도움이 필요하면 *{ ask_a_question }* 버튼을 누르거나 `/도움말` 명령어를 사용해 주세요. 그전에는 아무것도 시작되지 않습니다.
ask_a_question = 질문하기
help_offered = 도움이 필요하신가요? 버튼을 누르면 저희와 비공개로 이야기할 수 있으며, 여기 있는 다른 사람에게는 보이지 않습니다.
get_help = 도움 받기
start_a_chat = 고객 지원과 채팅을 시작할까요?
start = 시작하기
not_now = 나중에
not_started = 알겠습니다. 버튼은 필요할 때 쓰실 수 있도록 여기에 남아 있습니다.
chat_is_open = 채팅이 열려 있습니다: { $link }
button_posted = 버튼을 이 채널에 올렸습니다.
may_not_post_here = 이 채널에 글을 쓸 권한이 없습니다. 채널 보기와 메시지 보내기를 허용한 다음 다시 시도해 주세요.
moderators_post = 버튼은 관리자만 올릴 수 있습니다.
own_line = **나:** { $text }
on_its_way = 보냈습니다. 답변은 채팅으로 옵니다.
nothing_to_send = 보낼 내용이 없습니다. 메시지에 글이 없습니다.
too_long = 너무 깁니다. { $max }자까지 가능합니다. 나누어 보내 주세요.
only_your_own_messages = 본인의 메시지만 고객 지원에 보낼 수 있습니다.
not_yours = 다른 분의 것입니다.
no_open_chat = 열려 있는 채팅이 없습니다. `/도움말` 명령어로 시작해 주세요.
ending = 채팅을 종료하는 중입니다…
agent_is_called = 문의 #{ $number }: 상담원이 채팅에 참여합니다: { $link }
agent_was_called = 상담원을 이미 호출했습니다.
agent_was_called_for = 상담원을 이미 호출했습니다. 문의 #{ $number } 번입니다.
trouble = 저희 쪽에 문제가 생겼습니다. 내용은 보관되어 있으며 1분 뒤에 다시 시도합니다.
reply = 답장하기
talk_to_a_person = 상담원과 대화하기
end_chat = 채팅 종료

## What happens in the chat

case_opened = 문의 #{ $number } 번이 접수되었습니다. 상담원이 이 채팅에 참여합니다.
agent_called = 문의 #{ $number }: 상담원을 호출했으며 곧 이 채팅에 참여합니다.
agent_joined = **{ $name }** 님이 채팅에 참여했습니다.
agent_left = **{ $name }** 님이 나갔습니다. 이제 다시 어시스턴트가 답변합니다.
agent_gone = **{ $name }** 님이 채팅에서 나갔습니다.
passed_on = **{ $name }** 님이 나갔습니다. 다른 상담원이 이 채팅에 참여합니다.
some_agent = 상담원
nobody_available = 지금은 상담 가능한 상담원이 없습니다. 어시스턴트에게 계속 질문하실 수 있습니다.
nobody_available_for = 지금은 상담 가능한 상담원이 없습니다. 문의 #{ $number } 번은 보관해 두고 여기로 연락드리겠습니다. 어시스턴트에게 계속 질문하실 수 있습니다.
queue_place = 대기 순서는 { $place }번째입니다.
outside_hours = 지금은 상담 시간이 아닙니다. 문의 #{ $number } 번은 보관해 두고 여기로 연락드리겠습니다. 어시스턴트에게 계속 질문하실 수 있습니다.
outside_hours_until = 지금은 상담 시간이 아닙니다. { $time }에 다시 시작합니다. 문의 #{ $number } 번은 보관해 두고 여기로 연락드리겠습니다. 어시스턴트에게 계속 질문하실 수 있습니다.
ended = 이 채팅은 종료되었습니다. 새로 시작하려면 `/도움말` 명령어를 쓰거나 *{ reply }* 버튼을 눌러 주세요.
end_asks = 이 채팅을 종료하시겠어요?
go_on = 계속하기
chat_goes_on = 알겠습니다. 채팅을 계속합니다.
silence_warning = 한동안 대화가 없었습니다. 아무 말씀도 없으시면 이 채팅은 { $when } 종료됩니다.
rating_asks = 상담은 어떠셨나요? 1은 불만족, 5는 매우 만족입니다.
rated = 감사합니다. 문의 #{ $number } 번의 평가가 저장되었습니다: 5점 만점에 { $stars }점. 다른 숫자를 누르면 바꿀 수 있습니다.
add_a_comment = 의견 남기기
comment_title = 의견
comment_label = 좋았던 점과 아쉬웠던 점
comment_kept = 감사합니다. 문의 #{ $number } 번에 대한 의견이 저장되었습니다.
transcript = 대화 기록
transcript_ready = 첨부 파일에 그 채팅의 내용이 들어 있습니다.
transcript_cut = 내용이 길어 가장 최근 부분만 파일에 들어 있습니다.
transcript_gone = 그 채팅의 내용은 더 이상 보관되어 있지 않습니다.
transcript_heading = { $date } 채팅. 모든 시각은 UTC입니다.
transcript_you = 나
transcript_you_edited = 나 (수정됨)
transcript_assistant = 어시스턴트
transcript_agent = 상담원
transcript_file = [파일: { $name }]
line_lost = 마지막 메시지를 전달하지 못했습니다. 몇 분 뒤에 다시 보내 주세요.
unsupported = (여기에 표시할 수 없는 내용이 전송되었습니다.)
sent_earlier = (이전에 보낸 메시지) { $text }
found = { $count ->
        [1] 다음 글이 도움이 될 수 있습니다:
       *[other] 다음 글들이 도움이 될 수 있습니다:
    }
found_nothing = 도움말에서 관련 내용을 찾지 못했습니다. 상담원과 대화하시겠어요?

## Filing

filed_without_link = 감사합니다. 제보가 **#{ $number }** 번으로 접수되었습니다. 변동이 있으면 알려 드리겠습니다.
filed_with_link = 감사합니다. 제보가 **#{ $number }** 번으로 접수되었습니다: { $link }
    변동이 있으면 알려 드리겠습니다.
filed_without_board = 감사합니다. 제보가 **#{ $number }** 번으로 접수되었습니다. 게시판에는 표시하지 못했지만 내용은 잘 받았으며, 변동이 있으면 알려 드리겠습니다.
files_not_kept = 제보는 접수되었지만 다음 파일은 보관하지 못했습니다: { $names }
board_link = 게시판: { $link }
not_here = 제보는 서버에서만 할 수 있습니다. 서버에서 이 명령어를 사용해 주세요.
blocked_by_automod = 이 서버의 규칙에 따라 글의 일부가 허용되지 않습니다. 다르게 표현해 주세요.
draft_gone = 해당 초안이 만료되었습니다. 처음부터 다시 시작해 주세요.

## Reports that are there already

similar_found = 비슷한 제보가 { $count }건 있습니다. 같은 내용이 있나요? 투표를 추가하거나 그대로 제보할 수 있습니다.
similar_line = **#{ $number }** { $title } ({ $votes }표)
file_anyway = 그대로 제보하기
add_vote = #{ $number }에 투표하기
voted = 투표가 반영되었습니다. **#{ $number }** 번은 현재 { $votes }표입니다.
voted_already = **#{ $number }** 번에는 이미 투표하셨습니다.
your_own_report = **#{ $number }** 번은 본인의 제보이므로 이미 한 표로 집계되어 있습니다.

## Severity

how_severe = 얼마나 심각한가요?
severity_placeholder = 심각도를 선택하세요
severity_low = 경미: 보기에 이상하지만 작동은 함
severity_normal = 불편: 다른 방법으로 할 수 있음
severity_high = 심각: 필요한 기능이 작동하지 않음
severity_critical = 치명적: 아무것도 작동하지 않거나 무언가를 잃음
severity_saved = **#{ $number }** 번에 기록했습니다: { $label }
severity_locked = **#{ $number }** 번은 이미 처리 중이므로 심각도를 바꿀 수 없습니다.

## A form that cannot be filed

handed_back = 제보가 접수되지 않았습니다. 작성하신 내용은 아래에 있으며, *{ fill_in_again }* 버튼을 누르면 그 내용으로 양식이 열립니다.
fill_in_again = 다시 작성하기
attach_again = 양식에는 파일이 남지 않으므로 그곳에서 파일을 다시 첨부해 주세요.
title_too_short = 제목이 너무 짧습니다. { $min }자 이상이어야 합니다.
title_too_long = 제목이 너무 깁니다. { $max }자까지 가능합니다.
text_missing = 설명이 없습니다.
text_too_long = 글이 너무 깁니다. { $max }자까지 가능합니다.
too_many_files = 파일이 너무 많습니다. { $max }개까지 가능합니다.
file_too_large = { $name } 파일이 너무 큽니다. { $max_mib } MiB까지 가능합니다.
files_too_large_together = 파일의 전체 크기가 너무 큽니다. { $max_mib } MiB까지 가능합니다.
file_wrong_type = { $name } 파일은 받을 수 없는 형식입니다. 가능한 형식: { $allowed }
file_gone = { $name } 파일을 가져오지 못했습니다. 다시 첨부해 주세요.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    지금 담당자가 처리하고 있습니다.
status_open_by = **#{ $number }** { $title }
    지금 { $by } 님이 처리하고 있습니다.
status_waiting_for_person = **#{ $number }** { $title }
    계속 진행하려면 답변이 필요합니다. 이 채팅에서 `/메시지` 명령어를 쓰거나 제보 스레드에서 답변해 주세요.
status_waiting_for_us = **#{ $number }** { $title }
    감사합니다. 이제 저희가 처리할 차례입니다. 따로 하실 일은 없습니다.
status_resolved = **#{ $number }** { $title }
    해결되었습니다. 아직 해결되지 않았다면 { $days }일 안에 *{ reopen }* 버튼을 눌러 주세요.
status_closed = **#{ $number }** { $title }
    이 문의는 종료되었습니다.
status_reopened = **#{ $number }** { $title }
    이 문의가 다시 열렸습니다.
reason_given = 사유:
    { $text }
in_thread = { $mention } 님, 제보에 새 소식이 있습니다:

## Reopening

reopen = 다시 열기
reopened_by_you = **#{ $number }** 번이 다시 열렸습니다. 다시 살펴보겠습니다.
reopened_for_chat = **#{ $number }** 번이 다시 열렸습니다. 채팅은 이 문의를 이어 가며, 원하시면 상담원이 함께합니다: { $link }
reopened_for_next_chat = **#{ $number }** 번이 다시 열렸습니다. *{ reply }* 버튼을 누르거나 `/메시지` 명령어로 글을 보내 주세요. 다음 채팅이 이 문의를 이어 갑니다.
reopened_for_later_chat = **#{ $number }** 번이 다시 열렸습니다. 지금 열려 있는 채팅은 다른 내용입니다. 이 문의는 그 뒤의 다음 채팅에서 이어집니다.
reopen_too_late = **#{ $number }** 번은 해결된 지 { $days }일이 넘어 다시 열 수 없습니다. 새로 제보해 주세요.
reopen_not_possible = **#{ $number }** 번은 다시 열 수 없습니다. 현재 상태: { $status }

## Names

status_name_new = 신규
status_name_open = 처리 중
status_name_waiting_for_person = 내 답변 대기 중
status_name_waiting_for_us = 담당자 확인 대기 중
status_name_resolved = 해결됨
status_name_closed = 종료됨
status_name_reopened = 다시 열림
kind_name_bug = 버그 제보
kind_name_feature = 기능 제안
kind_name_support = 고객 지원

## Own cases

mine_none = 문의가 없습니다. `/버그` 또는 `/기능_제안` 명령어로 만들 수 있습니다.
mine_heading = 내 문의 { $count }건:
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = 여기에는 { $number } 문의가 없습니다.
moderators_only = 관리자만 할 수 있습니다. 내 문의는 `/문의 내_문의` 명령어로 볼 수 있습니다.
chat_with = { $name } 님과의 채팅

## Privacy

export_ready = 첨부 파일에 회원님에 대해 보관 중인 모든 내용이 들어 있습니다.
export_too_large = 보관 중인 내용이 여기서는 파일 하나에 다 담기지 않습니다. 서버 관리자에게 요청해 주세요.
delete_asks = **회원님에 대해 보관 중인 내용을 삭제할까요?**
    채팅이 종료되고 삭제됩니다. 문의의 번호와 사실은 남지만 회원님의 이름은 남지 않습니다. 되돌릴 수 없습니다.
delete_confirm = 모두 삭제
delete_keep = 삭제하지 않기
deleted = 회원님에 대해 보관하던 내용을 삭제했습니다. 문의에 더 이상 이름이 남아 있지 않습니다.
thread_not_deleted = 채팅의 비공개 스레드를 삭제하지 못했습니다. 해당 서버의 관리자에게 삭제를 요청해 주세요.
nothing_deleted = 아무것도 삭제하지 않았습니다.
privacy_busy = 아직 처리 중인 작업이 있습니다. 1분 뒤에 다시 시도해 주세요.

## Files and edits in the chat

files_left_out = 메시지는 전달되었지만 함께 보낸 것 중 일부는 전달되지 않았습니다:
file_empty = { $name } 파일이 비어 있습니다.
file_refused = { $name } 파일을 지원 시스템이 받지 않았습니다.
edit_too_late = 채팅이 끝나서 메시지의 변경 내용은 전달되지 않았습니다.
agent_file_too_large = [파일: { $name } (너무 커서 여기에 표시할 수 없음)]
agent_file_gone = [파일: { $name } (가져올 수 없음)]
