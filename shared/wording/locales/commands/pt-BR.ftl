# The commands as Discord's menu shows them, in Brazilian Portuguese. The English file says more.

## Names of commands, subcommands and options

name_helpme = ajuda
name_message = mensagem
name_agent = atendente
name_close = encerrar
name_help_button = botão_de_ajuda
name_send_to_support = Enviar ao suporte
name_bug = erro
name_new_feature = sugestão
name_case = caso
name_privacy = privacidade
name_view = ver
name_mine = meus
name_list = lista
name_assign = atribuir
name_status = status
name_note = nota
name_link = vincular
name_reopen = reabrir
name_export = exportar
name_delete = apagar
name_question = pergunta
name_text = texto
name_about = assunto
name_title = título
name_steps = passos
name_platform = plataforma
name_severity = gravidade
name_file = arquivo
name_number = número
name_kind = tipo
name_mine_only = só_meus
name_to = para
name_reason = motivo

## Descriptions

helpme = Peça ajuda: abre uma conversa privada com o suporte
helpme_question = Com o que você precisa de ajuda
message = Envie uma mensagem ao suporte
message_text = O que você quer dizer
message_file = Uma imagem, um vídeo, um áudio ou um documento para acompanhar
agent = Peça que uma pessoa entre na sua conversa com o suporte
agent_about = Do que se trata
close = Encerre sua conversa com o suporte
help_button = Coloca neste canal um botão para pedir ajuda (moderadores)
help_button_text = O que fica acima do botão
bug = Relate um erro; sem opções, abre-se um formulário
new_feature = Sugira um recurso; sem opções, abre-se um formulário
report_title = Em uma linha, de 10 a 90 caracteres
bug_text = O que aconteceu e o que você esperava
feature_text = O que você gostaria e para quê
bug_steps = Como fazer acontecer
report_platform = Onde você joga
bug_severity = Qual é a gravidade
feature_severity = O quanto isso importa para você
report_file = Uma captura de tela, um vídeo ou um log, até 10 MiB
case = Relatos e pedidos de ajuda
case_view = Mostra um caso (moderadores)
case_mine = Mostra os seus próprios casos
case_list = Lista os casos (moderadores)
case_assign = Atribui um caso a alguém (moderadores)
case_status = Muda o status de um caso (moderadores)
case_note = Adiciona uma nota que só moderadores e atendentes veem (moderadores)
case_link = Encerra um caso como duplicado de outro (moderadores)
case_reopen = Reabre um caso (moderadores)
case_number = Número do caso ou palavras do título
case_list_status = Só com este status
case_list_kind = Só deste tipo
case_list_mine_only = Só os atribuídos a você
case_assign_to = Quem assume; você, se ficar vazio
case_status_to = O novo status
case_reason = Por quê; a pessoa também lê isto
case_note_text = A nota
case_link_to = Número do caso que continua aberto
privacy = Seus dados no suporte
privacy_export = Receba uma cópia do que o suporte guarda sobre você
privacy_delete = Peça que o suporte apague o que guarda sobre você

## Choices

severity_low = Baixa: me incomoda
severity_normal = Normal: não funciona como deveria
severity_high = Alta: não consigo usar uma parte
severity_critical = Crítica: não consigo usar nada ou perco algo
status_new = Novo
status_open = Em andamento
status_waiting_for_person = Aguardando a pessoa
status_waiting_for_us = Aguardando a nossa equipe
status_resolved = Resolvido
status_closed = Encerrado
status_reopened = Reaberto
kind_bug = Erro
kind_feature = Recurso
kind_support = Suporte
