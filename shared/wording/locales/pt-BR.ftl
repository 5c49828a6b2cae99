# What a person reads, in Brazilian Portuguese. The English file says more.

## The chat

greeting = Olá, { $name }! Boas-vindas ao suporte. Digite aqui mesmo, clique em *{ reply }* ou use `/mensagem` para escrever para nós; o assistente responde na hora, e uma pessoa assume quando você pedir.
welcome_back = Sua conversa está aberta. Digite aqui mesmo, clique em *{ reply }* ou use `/mensagem` para continuar.
come_to_the_dm = Escrevi para você: { $link }
here_we_are = Sua conversa está aqui.
dms_are_closed = Não consigo escrever para você. Permita mensagens diretas, por favor: clique com o botão direito no nome deste servidor (no celular: toque nele e abra o menu), escolha *Configurações de privacidade*, ative *Mensagens diretas* e use `/ajuda` de novo.
or_a_private_thread = Ou conversamos em um tópico privado deste servidor, que só você e os moderadores veem.
send_files_again = Depois envie seus arquivos de novo: eles não ficam guardados.
private_thread = Tópico privado
thread_name = Suporte para { $name } ({ $code })
come_to_the_thread = Abri um tópico privado para nós: { $link }
no_private_thread = Não há tópicos privados neste canal. Use `/ajuda` em um canal de texto comum deste servidor, por favor.
thread_not_allowed = Não posso abrir um tópico privado aqui. Peça aos moderadores deste servidor que permitam, ou permita mensagens diretas.
greeting_in_thread = Olá, { $name }! Boas-vindas ao suporte. Clique em *{ reply }* ou use `/mensagem` para escrever para nós; o que você digitar aqui chega até nós se você me mencionar. O assistente responde na hora, e uma pessoa assume quando você pedir.
welcome_back_in_thread = Sua conversa está aberta. Clique em *{ reply }*, use `/mensagem` ou me mencione no que digitar para continuar.
cannot_read_here = Não consigo ler o que é digitado aqui se você não me mencionar. Clique em *{ reply }* para escrever para nós.
installed = Olá, { $name }! É bom ter você aqui. Quando precisar de ajuda, clique em *{ ask_a_question }* ou use `/ajuda`; até lá nada começa.
ask_a_question = Fazer uma pergunta
help_offered = Precisa de ajuda? Clique no botão: você fala conosco em particular, e ninguém mais aqui vê.
get_help = Pedir ajuda
start_a_chat = Começar uma conversa com o suporte?
start = Começar
not_now = Agora não
not_started = Tudo bem. O botão continua aqui para quando você precisar.
chat_is_open = Sua conversa está aberta: { $link }
button_posted = O botão está neste canal agora.
may_not_post_here = Não posso escrever neste canal. Permita que eu o veja e envie mensagens nele, por favor, e tente de novo.
moderators_post = Só moderadores podem colocar o botão.
own_line = **Você:** { $text }
on_its_way = Enviado. A resposta chega na sua conversa.
nothing_to_send = Não há nada para enviar: a mensagem não tem texto.
too_long = É longo demais: no máximo { $max } caracteres. Envie em partes, por favor.
only_your_own_messages = Só as suas próprias mensagens podem ser enviadas ao suporte.
not_yours = Isto é de outra pessoa.
no_open_chat = Não há nenhuma conversa aberta. Use `/ajuda` para começar uma.
ending = Encerrando a conversa…
agent_is_called = Caso #{ $number }: um atendente vai entrar na sua conversa: { $link }
agent_was_called = Um atendente já foi chamado.
agent_was_called_for = Um atendente já foi chamado: caso #{ $number }.
trouble = Algo deu errado do nosso lado. Seu pedido está guardado e tentaremos de novo em um minuto.
reply = Responder
talk_to_a_person = Falar com uma pessoa
end_chat = Encerrar conversa

## What happens in the chat

case_opened = O caso #{ $number } foi criado para você; um atendente vai entrar nesta conversa.
agent_called = Caso #{ $number }: um atendente foi chamado e vai entrar nesta conversa.
agent_joined = **{ $name }** entrou na conversa.
agent_left = **{ $name }** saiu; você voltou a falar com o assistente.
agent_gone = **{ $name }** saiu da conversa.
passed_on = **{ $name }** saiu; outro atendente vai entrar nesta conversa.
some_agent = Um atendente
nobody_available = Não há ninguém disponível agora. Você pode continuar perguntando ao assistente.
nobody_available_for = Não há ninguém disponível agora. Vamos manter o caso #{ $number } e escrever para você aqui. Você pode continuar perguntando ao assistente.
queue_place = Você é o número { $place } na fila.
outside_hours = Não há ninguém aqui agora. Vamos manter o caso #{ $number } e escrever para você aqui. Você pode continuar perguntando ao assistente.
outside_hours_until = Não há ninguém aqui agora; voltamos em { $time }. Vamos manter o caso #{ $number } e escrever para você aqui. Você pode continuar perguntando ao assistente.
ended = Esta conversa foi encerrada. Use `/ajuda` ou clique em *{ reply }* para começar outra.
end_asks = Você quer encerrar esta conversa?
go_on = Continuar
chat_goes_on = Tudo bem, a conversa continua.
silence_warning = Faz tempo que ninguém escreve aqui. Esta conversa será encerrada { $when } se você não escrever nada.
rating_asks = Como foi? 1 é ruim, 5 é ótimo.
rated = Obrigado, sua avaliação do caso #{ $number } está guardada: { $stars } de 5. Clique em outro número para mudá-la.
add_a_comment = Adicionar um comentário
comment_title = Seu comentário
comment_label = O que foi bom e o que não foi?
comment_kept = Obrigado, seu comentário sobre o caso #{ $number } está guardado.
transcript = Transcrição
transcript_ready = O arquivo anexo contém o que foi dito naquela conversa.
transcript_cut = Ela é longa: só a parte mais recente cabe no arquivo.
transcript_gone = O que foi dito naquela conversa não está mais guardado.
transcript_heading = Conversa de { $date }. Todos os horários estão em UTC.
transcript_you = Você
transcript_you_edited = Você (editado)
transcript_assistant = Assistente
transcript_agent = Atendente
transcript_file = [arquivo: { $name }]
line_lost = Não foi possível encaminhar sua última mensagem. Envie de novo em alguns minutos, por favor.
unsupported = (Enviaram para você algo que não pode ser mostrado aqui.)
sent_earlier = (enviado antes) { $text }
found = { $count ->
        [one] Isto pode ajudar:
       *[other] Estes artigos podem ajudar:
    }
found_nothing = Não encontrei nada sobre isso nos nossos artigos de ajuda. Você quer falar com uma pessoa?

## Filing

filed_without_link = Obrigado! Seu relato foi registrado como **#{ $number }**. Vamos escrever para você quando houver novidades.
filed_with_link = Obrigado! Seu relato foi registrado como **#{ $number }**: { $link }
    Vamos escrever para você quando houver novidades.
filed_without_board = Obrigado! Seu relato foi registrado como **#{ $number }**. Não foi possível mostrá-lo no mural, mas ele está conosco e vamos escrever para você quando houver novidades.
files_not_kept = Seu relato foi registrado, mas não foi possível guardar estes arquivos: { $names }
board_link = No mural: { $link }
not_here = Relatos só podem ser enviados em um servidor. Use este comando lá, por favor.
blocked_by_automod = As regras deste servidor não permitem uma parte do seu texto. Escreva de outra forma, por favor.
draft_gone = Esse rascunho expirou. Comece de novo, por favor.

## Reports that are there already

similar_found = { $count ->
        [one] Já existe um relato parecido. É o seu caso também?
       *[other] Já existem { $count } relatos parecidos. É um destes?
    } Adicione seu voto ou envie o seu mesmo assim.
similar_line = **#{ $number }** { $title } ({ $votes ->
        [one] { $votes } voto
       *[other] { $votes } votos
    })
file_anyway = Enviar o meu mesmo assim
add_vote = Votar em #{ $number }
voted = Seu voto foi contado: **#{ $number }** agora tem { $votes ->
        [one] { $votes } voto
       *[other] { $votes } votos
    }.
voted_already = Você já votou em **#{ $number }**.
your_own_report = **#{ $number }** é o seu próprio relato, então já tem o seu voto.

## Severity

how_severe = Qual é a gravidade?
severity_placeholder = Escolha a gravidade
severity_low = Estético: aparece errado, mas funciona
severity_normal = Incômodo: dá para contornar
severity_high = Sério: algo de que preciso não funciona
severity_critical = Crítico: nada funciona ou algo se perdeu
severity_saved = Anotado para **#{ $number }**: { $label }
severity_locked = Já tem alguém trabalhando em **#{ $number }**, então a gravidade fica como está.

## A form that cannot be filed

handed_back = Seu relato não foi registrado. Seu texto está abaixo, e *{ fill_in_again }* abre o formulário com ele.
fill_in_again = Preencher de novo
attach_again = Anexe seus arquivos de novo ali: o formulário não os guarda.
title_too_short = O título é curto demais: no mínimo { $min } caracteres.
title_too_long = O título é longo demais: no máximo { $max } caracteres.
text_missing = Falta a descrição.
text_too_long = O texto é longo demais: no máximo { $max } caracteres.
too_many_files = Arquivos demais: no máximo { $max }.
file_too_large = { $name } é grande demais: no máximo { $max_mib } MiB.
files_too_large_together = Os arquivos juntos são grandes demais: no máximo { $max_mib } MiB.
file_wrong_type = { $name } é de um tipo que não aceitamos. Aceitamos: { $allowed }
file_gone = Não foi possível obter { $name }. Anexe o arquivo de novo, por favor.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    Alguém já está trabalhando nisso.
status_open_by = **#{ $number }** { $title }
    { $by } já está trabalhando nisso.
status_waiting_for_person = **#{ $number }** { $title }
    Precisamos de algo de você para continuar. Responda nesta conversa com `/mensagem` ou no tópico do relato, por favor.
status_waiting_for_us = **#{ $number }** { $title }
    Obrigado, agora é com a gente. Você não precisa fazer nada.
status_resolved = **#{ $number }** { $title }
    Isto foi resolvido. Se para você não foi, clique em *{ reopen }* em até { $days ->
        [one] { $days } dia
       *[other] { $days } dias
    }.
status_closed = **#{ $number }** { $title }
    Este caso foi encerrado.
status_reopened = **#{ $number }** { $title }
    Este caso foi reaberto.
reason_given = Motivo:
    { $text }
in_thread = { $mention }, há novidades sobre o seu relato:

## Reopening

reopen = Reabrir
reopened_by_you = **#{ $number }** foi reaberto. Vamos olhar mais uma vez.
reopened_for_chat = **#{ $number }** foi reaberto. Sua conversa continua este caso, também com uma pessoa quando você pedir: { $link }
reopened_for_next_chat = **#{ $number }** foi reaberto. Clique em *{ reply }* ou use `/mensagem` para escrever para nós: sua próxima conversa continua este caso.
reopened_for_later_chat = **#{ $number }** foi reaberto. Sua conversa aberta trata de outra coisa; este caso continua na sua próxima conversa, depois desta.
reopen_too_late = **#{ $number }** foi resolvido há mais de { $days ->
        [one] { $days } dia
       *[other] { $days } dias
    } e não pode mais ser reaberto. Envie um novo relato, por favor.
reopen_not_possible = **#{ $number }** não pode ser reaberto. O status é: { $status }

## Names

status_name_new = Novo
status_name_open = Em andamento
status_name_waiting_for_person = Aguardando você
status_name_waiting_for_us = Aguardando a nossa equipe
status_name_resolved = Resolvido
status_name_closed = Encerrado
status_name_reopened = Reaberto
kind_name_bug = Relato de erro
kind_name_feature = Sugestão
kind_name_support = Suporte

## Own cases

mine_none = Você não tem casos. Com `/erro` e `/sugestão` você cria um.
mine_heading = { $count ->
        [one] Seu caso:
       *[other] Seus { $count } casos:
    }
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = Não existe o caso { $number } aqui.
moderators_only = Só moderadores podem fazer isso. `/caso meus` mostra os seus próprios casos.
chat_with = Conversa com { $name }

## Privacy

export_ready = O arquivo anexado contém tudo o que guardamos sobre você.
export_too_large = O que guardamos sobre você não cabe em um único arquivo aqui. Peça a um moderador do servidor, por favor.
delete_asks = **Apagar o que guardamos sobre você?**
    Suas conversas são encerradas e removidas. Seus casos mantêm o número e os fatos, mas não o seu nome. Isso não pode ser desfeito.
delete_confirm = Apagar tudo
delete_keep = Não apagar
deleted = O que guardávamos sobre você foi apagado. Seus casos não trazem mais o seu nome.
thread_not_deleted = Um tópico privado das suas conversas não pôde ser apagado. Peça aos moderadores daquele servidor que o apaguem.
nothing_deleted = Nada foi apagado.
privacy_busy = Ainda estamos trabalhando em algo seu. Tente de novo em um minuto, por favor.

## Files and edits in the chat

files_left_out = Sua mensagem foi encaminhada, mas nem tudo o que veio com ela:
file_empty = { $name } está vazio.
file_refused = { $name } não foi aceito pelo nosso sistema de suporte.
edit_too_late = Seu chat terminou, então a alteração da sua mensagem não foi encaminhada.
agent_file_too_large = [arquivo: { $name } (grande demais para ser mostrado aqui)]
agent_file_gone = [arquivo: { $name } (não foi possível obtê-lo)]
