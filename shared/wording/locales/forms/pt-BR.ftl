# What the front door answers at once, in Brazilian Portuguese. The English file says more.

## The reply form

reply_title = Escrever para o suporte
reply_label = Sua mensagem
reply_placeholder = Escreva o quanto quiser. Lemos cada linha.
reply_files_about = Imagens, vídeos, áudios ou documentos de até 16 MiB cada.

## The forms of reports

bug_form = Relatar um erro
feature_form = Sugerir um recurso
title = Título
title_about = Uma linha pela qual os outros reconheçam, no mínimo 10 caracteres.
bug_title_placeholder = O mapa trava quando eu amplio
feature_title_placeholder = Poder ordenar meu inventário por nome
bug_text = O que aconteceu
bug_text_about = O que você viu e o que esperava. Aparece no mural do servidor.
feature_text = O que você gostaria
feature_text_about = E para quê. Aparece no mural do servidor.
steps = Passos
steps_about = Como fazer acontecer, se você souber.
platform = Plataforma
platform_placeholder = Onde você joga
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = Web
platform_console = Console
platform_other = Outra
importance = O quanto isso importa para você
importance_placeholder = Útil
importance_low = Seria bom ter
importance_normal = Útil
importance_high = Importante
importance_critical = Não consigo ficar sem
files = Arquivos
files_about = Até 3 capturas de tela, vídeos ou logs, de 10 MiB cada.

## Refusals

unknown_command = Não conheço isto; pode ter mudado de nome ou sido removido. `/ajuda` sempre funciona.
not_yours = Isto é da conversa de outra pessoa. Use `/ajuda` para abrir a sua.
could_not_take = Não consegui receber isso agora. Tente de novo em um instante, por favor.
