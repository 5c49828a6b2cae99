# What the front door answers at once, in Spanish. The English file says more.

## The reply form

reply_title = Escribir al soporte
reply_label = Tu mensaje
reply_placeholder = Escribe todo lo que quieras. Leemos cada línea.
reply_files_about = Imágenes, vídeos, audios o documentos de hasta 16 MiB cada uno.

## The forms of reports

bug_form = Informar de un error
feature_form = Sugerir una función
title = Título
title_about = Una línea por la que otros lo reconozcan, al menos 10 caracteres.
bug_title_placeholder = El mapa se cierra cuando amplío
feature_title_placeholder = Poder ordenar mi inventario por nombre
bug_text = Qué ha pasado
bug_text_about = Qué has visto y qué esperabas. Se muestra en el tablón del servidor.
feature_text = Qué te gustaría
feature_text_about = Y para qué. Se muestra en el tablón del servidor.
steps = Pasos
steps_about = Cómo se provoca, si lo sabes.
platform = Plataforma
platform_placeholder = Dónde juegas
platform_android = Android
platform_ios = iOS
platform_windows = Windows
platform_macos = macOS
platform_linux = Linux
platform_web = Web
platform_console = Consola
platform_other = Otra
importance = Cuánto te importa
importance_placeholder = Útil
importance_low = Estaría bien
importance_normal = Útil
importance_high = Importante
importance_critical = No puedo pasar sin ello
files = Archivos
files_about = Hasta 3 capturas, vídeos o registros, de 10 MiB cada uno.

## Refusals

unknown_command = No conozco esto; puede que haya cambiado de nombre o ya no exista. `/ayuda` siempre funciona.
not_yours = Esto es del chat de otra persona. Usa `/ayuda` para abrir el tuyo.
could_not_take = Ahora mismo no he podido atender eso. Inténtalo de nuevo en un momento, por favor.
