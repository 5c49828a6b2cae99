# What a person reads, in Spanish. The English file says more.

## The chat

greeting = Hola, { $name }. Te damos la bienvenida al soporte. Escribe aquí mismo, pulsa *{ reply }* o usa `/mensaje` para hablar con nosotros; el asistente responde al momento y una persona toma el relevo cuando lo pidas.
welcome_back = Tu chat está abierto. Escribe aquí mismo, pulsa *{ reply }* o usa `/mensaje` para seguir.
come_to_the_dm = Te he escrito: { $link }
here_we_are = Tu chat está aquí.
dms_are_closed = No puedo escribirte. Permite los mensajes directos, por favor: haz clic derecho en el nombre de este servidor (en el móvil: tócalo y abre el menú), elige *Ajustes de privacidad*, activa *Mensajes directos* y usa `/ayuda` otra vez.
or_a_private_thread = O hablamos en un hilo privado de este servidor, que solo veis tú y sus moderadores.
send_files_again = Después vuelve a enviar tus archivos: no se conservan.
private_thread = Hilo privado
thread_name = Soporte para { $name } ({ $code })
come_to_the_thread = He abierto un hilo privado para hablar: { $link }
no_private_thread = En este canal no hay hilos privados. Usa `/ayuda` en un canal de texto normal de este servidor, por favor.
thread_not_allowed = No puedo abrir un hilo privado aquí. Pide a los moderadores de este servidor que me lo permitan, o permite los mensajes directos.
greeting_in_thread = Hola, { $name }. Te damos la bienvenida al soporte. Pulsa *{ reply }* o usa `/mensaje` para hablar con nosotros; lo que escribas aquí nos llega si me mencionas. El asistente responde al momento y una persona toma el relevo cuando lo pidas.
welcome_back_in_thread = Tu chat está abierto. Pulsa *{ reply }*, usa `/mensaje` o mencióname en lo que escribas para seguir.
cannot_read_here = No puedo leer lo que se escribe aquí si no me mencionas. Pulsa *{ reply }* para hablar con nosotros.
installed = Hola, { $name }. Qué bien tenerte aquí. Cuando necesites ayuda, pulsa *{ ask_a_question }* o usa `/ayuda`; hasta entonces no empieza nada.
ask_a_question = Hacer una pregunta
help_offered = ¿Necesitas ayuda? Pulsa el botón: hablas con nosotros en privado y nadie más lo ve aquí.
get_help = Pedir ayuda
start_a_chat = ¿Empezar un chat con el soporte?
start = Empezar
not_now = Ahora no
not_started = De acuerdo. El botón sigue aquí para cuando lo necesites.
chat_is_open = Tu chat está abierto: { $link }
button_posted = El botón ya está en este canal.
may_not_post_here = No puedo escribir en este canal. Permíteme verlo y enviar mensajes en él, por favor, e inténtalo de nuevo.
moderators_post = Solo los moderadores pueden poner el botón.
own_line = **Tú:** { $text }
on_its_way = Enviado. La respuesta llegará a tu chat.
nothing_to_send = No hay nada que enviar: el mensaje no tiene texto.
too_long = Es demasiado largo: { $max } caracteres como máximo. Envíalo por partes, por favor.
only_your_own_messages = Solo puedes enviar al soporte tus propios mensajes.
not_yours = Esto es de otra persona.
no_open_chat = No hay ningún chat abierto. Usa `/ayuda` para empezar uno.
ending = Terminando el chat…
agent_is_called = Caso #{ $number }: un agente se unirá a tu chat: { $link }
agent_was_called = Ya se ha llamado a un agente.
agent_was_called_for = Ya se ha llamado a un agente: caso #{ $number }.
trouble = Algo ha fallado por nuestra parte. Queda guardado y se intentará de nuevo en un minuto.
reply = Responder
talk_to_a_person = Hablar con una persona
end_chat = Terminar el chat

## What happens in the chat

case_opened = Se ha creado para ti el caso #{ $number }; un agente se unirá a este chat.
agent_called = Caso #{ $number }: se ha llamado a un agente, que se unirá a este chat.
agent_joined = **{ $name }** se ha unido al chat.
agent_left = **{ $name }** ha salido; vuelves a hablar con el asistente.
agent_gone = **{ $name }** ha salido del chat.
passed_on = **{ $name }** ha salido; otro agente se unirá a este chat.
some_agent = Un agente
nobody_available = Ahora mismo no hay nadie disponible. Puedes seguir preguntando al asistente.
nobody_available_for = Ahora mismo no hay nadie disponible. Guardamos el caso #{ $number } y te escribiremos aquí. Puedes seguir preguntando al asistente.
queue_place = Eres el número { $place } en la cola.
outside_hours = Ahora mismo no hay nadie. Guardamos el caso #{ $number } y te escribiremos aquí. Puedes seguir preguntando al asistente.
outside_hours_until = Ahora mismo no hay nadie; volvemos el { $time }. Guardamos el caso #{ $number } y te escribiremos aquí. Puedes seguir preguntando al asistente.
ended = Este chat ha terminado. Usa `/ayuda` o pulsa *{ reply }* para empezar otro.
end_asks = ¿Quieres terminar este chat?
go_on = Seguir
chat_goes_on = De acuerdo, el chat sigue abierto.
silence_warning = Hace tiempo que nadie escribe aquí. Este chat terminará { $when } si no escribes nada.
rating_asks = ¿Qué tal ha ido? 1 es mal, 5 es muy bien.
rated = Gracias, tu valoración del caso #{ $number } queda guardada: { $stars } de 5. Pulsa otro número para cambiarla.
add_a_comment = Añadir un comentario
comment_title = Tu comentario
comment_label = ¿Qué estuvo bien y qué no?
comment_kept = Gracias, tu comentario sobre el caso #{ $number } queda guardado.
transcript = Transcripción
transcript_ready = El archivo adjunto contiene lo que se dijo en ese chat.
transcript_cut = Es largo: en el archivo solo cabe la parte más reciente.
transcript_gone = Lo que se dijo en ese chat ya no se conserva.
transcript_heading = Chat del { $date }. Todas las horas están en UTC.
transcript_you = Tú
transcript_you_edited = Tú (editado)
transcript_assistant = Asistente
transcript_agent = Agente
transcript_file = [archivo: { $name }]
line_lost = No se ha podido transmitir tu último mensaje. Envíalo otra vez dentro de unos minutos, por favor.
unsupported = (Te han enviado algo que no se puede mostrar aquí).
sent_earlier = (enviado antes) { $text }
found = { $count ->
        [one] Esto puede ayudarte:
       *[other] Estos artículos pueden ayudarte:
    }
found_nothing = No he encontrado nada sobre eso en nuestros artículos de ayuda. ¿Quieres hablar con una persona?

## Filing

filed_without_link = Gracias, tu informe queda registrado como **#{ $number }**. Te escribiremos cuando haya novedades.
filed_with_link = Gracias, tu informe queda registrado como **#{ $number }**: { $link }
    Te escribiremos cuando haya novedades.
filed_without_board = Gracias, tu informe queda registrado como **#{ $number }**. No se ha podido mostrar en el tablón, pero lo tenemos y te escribiremos cuando haya novedades.
files_not_kept = Tu informe está registrado, pero estos archivos no se han podido guardar: { $names }
board_link = En el tablón: { $link }
not_here = Los informes solo se pueden enviar en un servidor. Usa este comando allí, por favor.
blocked_by_automod = Las normas de este servidor no permiten una parte de tu texto. Exprésalo de otra forma, por favor.
draft_gone = Ese borrador ha caducado. Empieza de nuevo, por favor.

## Reports that are there already

similar_found = { $count ->
        [one] Hay un informe parecido. ¿Es lo mismo que te pasa a ti?
       *[other] Hay { $count } informes parecidos. ¿Es alguno de estos?
    } Añade tu voto o envía el tuyo de todos modos.
similar_line = **#{ $number }** { $title } ({ $votes ->
        [one] { $votes } voto
       *[other] { $votes } votos
    })
file_anyway = Enviar el mío de todos modos
add_vote = Votar por #{ $number }
voted = Tu voto cuenta: **#{ $number }** tiene ahora { $votes ->
        [one] { $votes } voto
       *[other] { $votes } votos
    }.
voted_already = Ya has votado por **#{ $number }**.
your_own_report = **#{ $number }** es tu propio informe, así que ya tiene tu voto.

## Severity

how_severe = ¿Es muy grave?
severity_placeholder = Elige la gravedad
severity_low = Estético: se ve mal, pero funciona
severity_normal = Molesto: hay otra forma de hacerlo
severity_high = Serio: algo que necesito no funciona
severity_critical = Crítico: no funciona nada o se ha perdido algo
severity_saved = Anotado para **#{ $number }**: { $label }
severity_locked = Ya hay alguien trabajando en **#{ $number }**, así que su gravedad se queda como está.

## A form that cannot be filed

handed_back = Tu informe no se ha registrado. Tu texto está abajo y *{ fill_in_again }* abre el formulario con él.
fill_in_again = Rellenar de nuevo
attach_again = Vuelve a adjuntar allí tus archivos: el formulario no los conserva.
title_too_short = El título es demasiado corto: al menos { $min } caracteres.
title_too_long = El título es demasiado largo: { $max } caracteres como máximo.
text_missing = Falta la descripción.
text_too_long = El texto es demasiado largo: { $max } caracteres como máximo.
too_many_files = Demasiados archivos: { $max } como máximo.
file_too_large = { $name } es demasiado grande: { $max_mib } MiB como máximo.
files_too_large_together = Los archivos son demasiado grandes en conjunto: { $max_mib } MiB como máximo.
file_wrong_type = { $name } es de un tipo que no aceptamos. Se aceptan: { $allowed }
file_gone = No se ha podido obtener { $name }. Adjúntalo de nuevo, por favor.

## News of a case

status_open_by_somebody = **#{ $number }** { $title }
    Ya hay alguien trabajando en ello.
status_open_by = **#{ $number }** { $title }
    { $by } ya está trabajando en ello.
status_waiting_for_person = **#{ $number }** { $title }
    Necesitamos algo de ti para seguir. Responde en este chat con `/mensaje` o en el hilo del informe, por favor.
status_waiting_for_us = **#{ $number }** { $title }
    Gracias, ahora nos toca a nosotros. No tienes que hacer nada.
status_resolved = **#{ $number }** { $title }
    Esto está resuelto. Si para ti no lo está, tienes { $days ->
        [one] { $days } día
       *[other] { $days } días
    } para pulsar *{ reopen }*.
status_closed = **#{ $number }** { $title }
    Este caso está cerrado.
status_reopened = **#{ $number }** { $title }
    Este caso vuelve a estar abierto.
reason_given = Motivo:
    { $text }
in_thread = { $mention }, hay novedades de tu informe:

## Reopening

reopen = Reabrir
reopened_by_you = **#{ $number }** vuelve a estar abierto. Lo miraremos otra vez.
reopened_for_chat = **#{ $number }** vuelve a estar abierto. Tu chat continúa este caso, también con una persona si la pides: { $link }
reopened_for_next_chat = **#{ $number }** vuelve a estar abierto. Pulsa *{ reply }* o usa `/mensaje` para escribirnos: tu próximo chat continúa este caso.
reopened_for_later_chat = **#{ $number }** vuelve a estar abierto. Tu chat abierto trata de otra cosa; este caso continúa en tu próximo chat, después de este.
reopen_too_late = **#{ $number }** se resolvió hace más de { $days ->
        [one] { $days } día
       *[other] { $days } días
    } y ya no se puede reabrir. Envía un informe nuevo, por favor.
reopen_not_possible = **#{ $number }** no se puede reabrir. Su estado es: { $status }

## Names

status_name_new = Nuevo
status_name_open = En curso
status_name_waiting_for_person = Esperando tu respuesta
status_name_waiting_for_us = Esperando nuestra respuesta
status_name_resolved = Resuelto
status_name_closed = Cerrado
status_name_reopened = Reabierto
kind_name_bug = Informe de error
kind_name_feature = Sugerencia
kind_name_support = Soporte

## Own cases

mine_none = No tienes casos. Con `/error` y `/sugerencia` puedes crear uno.
mine_heading = { $count ->
        [one] Tu caso:
       *[other] Tus { $count } casos:
    }
mine_line = **#{ $number }** { $title } ({ $kind }, { $status })
unknown_case = Aquí no existe el caso { $number }.
moderators_only = Solo los moderadores pueden hacer eso. `/caso míos` muestra tus propios casos.
chat_with = Chat con { $name }

## Privacy

export_ready = El archivo adjunto contiene todo lo que guardamos sobre ti.
export_too_large = Lo que guardamos sobre ti no cabe aquí en un solo archivo. Pídelo a un moderador del servidor, por favor.
delete_asks = **¿Borrar lo que guardamos sobre ti?**
    Tus chats terminan y se eliminan. Tus casos conservan su número y los hechos, pero no tu nombre. No se puede deshacer.
delete_confirm = Borrar todo
delete_keep = No borrar nada
deleted = Se ha borrado lo que guardábamos sobre ti. Tus casos ya no llevan tu nombre.
thread_not_deleted = No se ha podido borrar un hilo privado de tus chats. Pide a los moderadores de ese servidor que lo borren.
nothing_deleted = No se ha borrado nada.
privacy_busy = Todavía estamos trabajando en algo tuyo. Inténtalo de nuevo en un minuto, por favor.

## Files and edits in the chat

files_left_out = Tu mensaje se ha enviado, pero no todo lo que lo acompañaba:
file_empty = { $name } está vacío.
file_refused = Nuestro sistema de soporte no ha aceptado { $name }.
edit_too_late = Tu chat ha terminado, así que el cambio de tu mensaje no se ha enviado.
agent_file_too_large = [archivo: { $name } (demasiado grande para mostrarlo aquí)]
agent_file_gone = [archivo: { $name } (no se ha podido obtener)]
