# What the front door answers at once, in Korean. The English file says more.

## The reply form

reply_title = 고객 지원에 글 쓰기
reply_label = 메시지
reply_placeholder = 길게 쓰셔도 괜찮습니다. 모두 읽어 봅니다.
reply_files_about = 사진, 동영상, 소리 또는 문서, 각각 최대 16 MiB.

## The forms of reports

bug_form = 버그 제보
feature_form = 기능 제안
title = 제목
title_about = 다른 분들도 알아볼 수 있는 한 줄, 10자 이상.
bug_title_placeholder = 지도를 확대하면 게임이 꺼집니다
feature_title_placeholder = 인벤토리를 이름순으로 정렬하고 싶어요
bug_text = 무슨 일이 있었나요
bug_text_about = 실제로 본 것과 기대했던 것을 적어 주세요. 서버 게시판에 표시됩니다.
feature_text = 무엇을 원하시나요
feature_text_about = 어디에 쓰이는지도 적어 주세요. 서버 게시판에 표시됩니다.
steps = 재현 순서
steps_about = 알고 계시다면, 문제를 일으키는 방법.
platform = 플랫폼
platform_placeholder = 어디에서 플레이하나요
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = 웹
platform_console = 콘솔
platform_other = 기타
importance = 얼마나 중요한가요
importance_placeholder = 유용함
importance_low = 있으면 좋음
importance_normal = 유용함
importance_high = 중요함
importance_critical = 꼭 필요함
files = 파일
files_about = 스크린샷, 동영상, 로그를 3개까지, 각각 10 MiB까지.

## Refusals

unknown_command = 알 수 없는 항목입니다. 이름이 바뀌었거나 없어졌을 수 있습니다. `/도움말` 명령어는 언제든지 쓸 수 있습니다.
not_yours = 다른 분의 채팅에 속한 항목입니다. `/도움말` 명령어로 본인의 채팅을 열어 주세요.
could_not_take = 지금은 받을 수 없었습니다. 잠시 뒤에 다시 시도해 주세요.
