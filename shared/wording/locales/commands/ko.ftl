# The commands as Discord's menu shows them, in Korean. The English file says more.

## Names of commands, subcommands and options

name_helpme = 도움말
name_message = 메시지
name_agent = 상담원
name_close = 종료
name_help_button = 도움말_버튼
name_send_to_support = 고객 지원에 보내기
name_bug = 버그
name_new_feature = 기능_제안
name_case = 문의
name_privacy = 개인정보
name_view = 보기
name_mine = 내_문의
name_list = 목록
name_assign = 배정
name_status = 상태
name_note = 메모
name_link = 연결
name_reopen = 다시_열기
name_export = 내보내기
name_delete = 삭제
name_question = 질문
name_text = 내용
name_about = 용건
name_title = 제목
name_steps = 순서
name_platform = 플랫폼
name_severity = 심각도
name_file = 파일
name_number = 번호
name_kind = 종류
name_mine_only = 내_것만
name_to = 대상
name_reason = 사유

## Descriptions

helpme = 도움 받기: 고객 지원과의 비공개 채팅을 엽니다
helpme_question = 도움이 필요한 내용
message = 고객 지원에 메시지를 보냅니다
message_text = 전하고 싶은 내용
message_file = 함께 보낼 사진, 동영상, 소리 또는 문서
agent = 고객 지원 채팅에 상담원을 부릅니다
agent_about = 어떤 내용인지
close = 고객 지원 채팅을 종료합니다
help_button = 이 채널에 도움 받기 버튼을 올립니다 (관리자)
help_button_text = 버튼 위에 표시할 글
bug = 버그를 제보합니다. 옵션이 없으면 양식이 열립니다
new_feature = 새 기능을 제안합니다. 옵션이 없으면 양식이 열립니다
report_title = 한 줄로, 10~90자
bug_text = 무슨 일이 있었고 무엇을 기대했는지
feature_text = 무엇을 원하고 어디에 쓰이는지
bug_steps = 문제를 일으키는 방법
report_platform = 어디에서 플레이하는지
bug_severity = 얼마나 심각한지
feature_severity = 얼마나 중요한지
report_file = 스크린샷, 동영상 또는 로그, 10 MiB까지
case = 제보와 문의
case_view = 문의를 봅니다 (관리자)
case_mine = 내 문의를 봅니다
case_list = 문의 목록을 봅니다 (관리자)
case_assign = 문의를 누군가에게 배정합니다 (관리자)
case_status = 문의의 상태를 바꿉니다 (관리자)
case_note = 관리자와 상담원만 보는 메모를 남깁니다 (관리자)
case_link = 다른 문의와 중복된 문의로 종료합니다 (관리자)
case_reopen = 문의를 다시 엽니다 (관리자)
case_number = 문의 번호 또는 제목의 단어
case_list_status = 이 상태인 것만
case_list_kind = 이 종류인 것만
case_list_mine_only = 나에게 배정된 것만
case_assign_to = 맡을 사람, 비워 두면 나
case_status_to = 새 상태
case_reason = 사유, 제보한 분도 읽습니다
case_note_text = 메모 내용
case_link_to = 열어 둘 문의의 번호
privacy = 고객 지원이 보관하는 내 정보
privacy_export = 고객 지원이 보관 중인 내용의 사본을 받습니다
privacy_delete = 고객 지원이 보관 중인 내용을 삭제합니다

## Choices

severity_low = 낮음: 신경이 쓰임
severity_normal = 보통: 제대로 작동하지 않음
severity_high = 높음: 일부를 사용할 수 없음
severity_critical = 치명적: 전혀 사용할 수 없거나 무언가를 잃음
status_new = 신규
status_open = 처리 중
status_waiting_for_person = 상대방 답변 대기 중
status_waiting_for_us = 담당자 확인 대기 중
status_resolved = 해결됨
status_closed = 종료됨
status_reopened = 다시 열림
kind_bug = 버그
kind_feature = 기능
kind_support = 고객 지원
