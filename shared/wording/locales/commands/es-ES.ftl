# The commands as Discord's menu shows them, in Spanish. The English file says more.

## Names of commands, subcommands and options

name_helpme = ayuda
name_message = mensaje
name_agent = agente
name_close = terminar
name_help_button = botón_de_ayuda
name_send_to_support = Enviar al soporte
name_bug = error
name_new_feature = sugerencia
name_case = caso
name_privacy = privacidad
name_view = ver
name_mine = míos
name_list = lista
name_assign = asignar
name_status = estado
name_note = nota
name_link = vincular
name_reopen = reabrir
name_export = exportar
name_delete = borrar
name_question = pregunta
name_text = texto
name_about = tema
name_title = título
name_steps = pasos
name_platform = plataforma
name_severity = gravedad
name_file = archivo
name_number = número
name_kind = tipo
name_mine_only = solo_míos
name_to = a
name_reason = motivo

## Descriptions

helpme = Pide ayuda: abre un chat privado con el soporte
helpme_question = En qué necesitas ayuda
message = Envía un mensaje al soporte
message_text = Lo que quieres decir
message_file = Una imagen, un vídeo, un audio o un documento que la acompañe
agent = Pide que una persona se una a tu chat de soporte
agent_about = De qué se trata
close = Termina tu chat de soporte
help_button = Pone en este canal un botón para pedir ayuda (moderadores)
help_button_text = Lo que se lee encima del botón
bug = Informa de un error; sin opciones se abre un formulario
new_feature = Sugiere una función; sin opciones se abre un formulario
report_title = En una línea, de 10 a 90 caracteres
bug_text = Qué ha pasado y qué esperabas
feature_text = Qué te gustaría y para qué
bug_steps = Cómo se provoca
report_platform = Dónde juegas
bug_severity = Cómo es de grave
feature_severity = Cuánto te importa
report_file = Una captura, un vídeo o un registro, hasta 10 MiB
case = Informes y peticiones de ayuda
case_view = Muestra un caso (moderadores)
case_mine = Muestra tus propios casos
case_list = Lista los casos (moderadores)
case_assign = Asigna un caso a alguien (moderadores)
case_status = Cambia el estado de un caso (moderadores)
case_note = Añade una nota que solo ven moderadores y agentes (moderadores)
case_link = Cierra un caso como duplicado de otro (moderadores)
case_reopen = Vuelve a abrir un caso (moderadores)
case_number = Número del caso o palabras de su título
case_list_status = Solo con este estado
case_list_kind = Solo de este tipo
case_list_mine_only = Solo los asignados a ti
case_assign_to = Quién se encarga; tú, si se omite
case_status_to = El nuevo estado
case_reason = Por qué; la persona también lo lee
case_note_text = La nota
case_link_to = Número del caso que sigue abierto
privacy = Tus datos en el soporte
privacy_export = Recibe una copia de lo que el soporte guarda sobre ti
privacy_delete = Pide que se borre lo que el soporte guarda sobre ti

## Choices

severity_low = Baja: me molesta
severity_normal = Normal: no funciona como debería
severity_high = Alta: no puedo usar una parte
severity_critical = Crítica: no puedo usarlo en absoluto o pierdo algo
status_new = Nuevo
status_open = En curso
status_waiting_for_person = Esperando a la persona
status_waiting_for_us = Esperándonos a nosotros
status_resolved = Resuelto
status_closed = Cerrado
status_reopened = Reabierto
kind_bug = Error
kind_feature = Función
kind_support = Soporte
