# The pages that a mail's links lead to. $watch is a person's own name for a watch.

page-skip = Saltar al contenido
page-what = Wardwatch le avisa a la gente de lo que pasa en su cuadra.
page-home-link = Ver los casos más recientes
page-front-link = Ir a la página principal

## When something is wrong

page-error-link-title = Este enlace no funciona
page-error-link-lead = Puede que esté incompleto o que se haya borrado lo que había allí. Abra nuestro correo más reciente y use el enlace completo.
page-error-nothing-title = Aquí no hay nada
page-error-nothing-lead = Revise la dirección o empiece por la página principal.
page-error-off-title = Esto se retiró del sitio
page-error-off-lead = Ya no se muestra.
page-error-busy-title = Lo sentimos, fue demasiado a la vez
page-error-busy-lead = No se cambió nada. Por favor, inténtelo de nuevo en unos minutos.
page-error-form-title = Eso no se pudo hacer
page-error-form-lead = No se cambió nada. Regrese e inténtelo de nuevo desde la página.
page-error-ours-title = Lo sentimos, algo falló de nuestro lado
page-error-ours-lead = El problema quedó registrado. Por favor, inténtelo de nuevo más tarde.

## Confirming

page-confirm-title = ¿Quiere recibir avisos?
page-confirm-lead = Su seguimiento “{ $watch }” empezará cuando presione el botón.
page-confirm-button = Sí, avísenme
page-confirm-ignore = Si no fue usted quien lo pidió, cierre esta página. No se enviará nada.
page-confirmed-title = Seguimiento activado
page-confirmed-lead = “{ $watch }” ya está en marcha.
page-confirmed-issue = Volver al caso { $number }
page-confirmed-already = “{ $watch }” ya estaba en marcha. No tiene que hacer nada más.

## Stopping

page-stop-title = ¿Dejar de recibir avisos?
page-stop-lead = { $count ->
    [one] Este seguimiento terminará y se borrará su zona:
   *[other] Estos { $count } seguimientos terminarán y se borrarán sus zonas:
}
page-stop-button = Terminar este seguimiento
page-stop-all-button = Terminar todos
page-ended-title = Listo. Ya no recibirá avisos.
page-ended-lead = { $count ->
    [one] Terminó un seguimiento.
   *[other] Terminaron { $count } seguimientos.
}
page-one-ended-title = Listo. Ya no recibirá avisos sobre eso.
page-one-ended-before = Ese seguimiento ya había terminado.
page-rest-title = Sus otros seguimientos
page-never-title = ¿No quiere saber nunca más de nosotros?
page-never-hint = Todos sus seguimientos terminan y no se vuelve a enviar nada a esta dirección de correo, sin importar quién la ingrese.
page-never-button = No escribirme nunca más
page-never-ask-title = ¿No escribir nunca más a esta dirección?
page-never-ask-lead = Alguien ingresó esta dirección de correo para recibir avisos sobre casos. Si presiona el botón, no se le volverá a enviar nada, sin importar quién la ingrese.
page-never-ask-ignore = Si no hace nada, tampoco le llegará nada más hasta que alguien vuelva a ingresar la dirección.
page-silenced-title = Ya no escribimos a esta dirección
page-silenced-lead = No le llegará nada, sin importar quién la ingrese. Sus seguimientos terminaron.
page-allow-title = ¿Cambió de opinión?
page-allow-hint = Entonces podrá inscribirse de nuevo. Nada empieza por sí solo.
page-allow-button = Permitir correos de nuevo
page-allowed-title = Los correos están permitidos de nuevo
page-allowed-lead = Cuando alguien se inscriba con esta dirección, primero le preguntaremos a usted.
page-nothing-title = No quedan seguimientos
page-nothing-lead = Usted no está siguiendo nada.

## Changing

page-manage-title = Sus seguimientos
page-manage-link = Ver y cambiar todos sus seguimientos
# $what is one of the next sentences, and $how one of those of page-rhythm.
page-what-and-how = { $what }. { $how }
# $what is a number of a ward or an issue.
page-target-area = Una zona
page-target-ward = Distrito { $what }
page-target-home = El distrito de su domicilio, ahora { $what }
page-target-home-none = El distrito de su domicilio (ahora no está en ninguno)
page-target-layer = { $what }
page-target-issue = Caso { $what }
page-target-issue-gone = Un caso que se retiró del sitio
page-rhythm-at_once = Se le avisa al instante.
page-rhythm-hourly = Se le avisa una vez por hora, si hay novedades.
page-rhythm-daily = Se le envía un resumen cada día.
page-rhythm-weekly = Se le envía un resumen cada semana.
page-paused = En pausa: no se envía nada.
page-unconfirmed = Falta que lo confirme con el enlace de nuestro correo.
page-pause = Pausar
page-resume = Reanudar
page-stop = Terminar
page-did-pause = En pausa. No se envía nada hasta que lo reanude.
page-did-resume = Reanudado. Volverá a recibir avisos.
page-did-stop = Terminado y borrado.
page-did-change = Cambios guardados.
page-wrong-title = Eso no se pudo guardar. No se cambió nada.
page-wrong-name = Un nombre tiene de 1 a 80 caracteres.
page-wrong-road = Elija correo, notificaciones o ambos. O ponga el seguimiento en pausa.
page-wrong-kinds = Marque al menos una cosa sobre la que quiera recibir avisos.
page-wrong-many = Se pueden pedir como máximo 50 líneas de palabras y 100 categorías.
page-wrong-hour = Elija una hora en las dos listas. O elija “Ninguna” en ambas.
page-wrong-day = Elija un día de la semana.
page-wrong-quiet = Las horas de silencio empiezan y terminan a horas distintas. Para no recibir nada, elija un día hasta el cual no se envíe nada.
page-wrong-pause = Elija un día futuro, dentro de un año como máximo.
page-wrong-language = Elija uno de los idiomas.
page-wrong-long = Una línea de palabras tiene como máximo 100 caracteres.
page-habits-title = Cuándo le escribimos
page-habits-paused = No se envía nada hasta el { $when }
page-habits-language = Idioma
page-habits-hour = Hora de los resúmenes diarios y semanales
page-habits-day = Día de los resúmenes semanales
page-habits-quiet = Horas de silencio
page-habits-quiet-hint = Lo que pase mientras tanto llega todo junto cuando terminan.
page-habits-from = Desde
page-habits-to = Hasta
page-habits-none = Ninguna
page-habits-pause = No enviarme nada hasta
page-habits-pause-hint = Lo que ya está pendiente le llegará de todos modos. Lo que pase mientras tanto no se le guarda. Deje la fecha en blanco para recibir avisos.
page-habits-save = Guardar horarios
page-change = Cambiar
page-change-name = Nombre
page-change-rhythm = Con qué frecuencia
page-change-kinds = Sobre qué quiere recibir avisos
page-change-categories = Solo estas categorías
page-change-categories-hint = Si no marca ninguna, recibirá avisos sobre todas.
page-change-include = Solo si aparece una de estas palabras
page-change-exclude = Nunca si aparece una de estas palabras
page-change-words-hint = Una por línea: una palabra, o varias palabras seguidas. Déjelo en blanco si no importa.
page-change-save = Guardar
page-kind-opened = Casos nuevos
page-kind-updated = Cambios en un caso
page-kind-commented = Comentarios
page-kind-voted = Vecinos a quienes también les afecta
page-kind-closed = Casos cerrados
page-kind-reopened = Casos reabiertos
page-kind-moved = Casos movidos a otro lugar
page-kind-merged = Casos unidos a otro
page-mute-title = ¿Silenciar este caso?
page-mute-lead = Ninguno de sus seguimientos le avisará de este caso, pase lo que pase. Todo lo demás queda como está.
page-mute-button = Silenciar este caso
page-unmute-title = Este caso está silenciado
page-unmute-lead = Ninguno de sus seguimientos le avisa de este caso.
page-unmute-button = Volver a recibir avisos
page-did-go-on = Listo. Volvemos a escribir a esa dirección.
page-did-test = La prueba está en camino. Si el webhook la acepta, este aviso habrá desaparecido cuando vuelva a mirar.
page-stilled-title = Ya no escribimos a { $address }
page-stilled-suspended = Nos devolvieron varios correos que enviamos a esta dirección, así que dejamos de escribirle. ¿El buzón ya funciona bien? Entonces presione el botón.
page-stilled-gone = Su servidor de correo dice que esta dirección no existe o que ya no recibe correos. Para volver a recibir avisos, inscríbase de nuevo con una dirección que funcione.
page-stilled-never = Desde esta dirección nos pidieron no volver a escribir nunca, o marcaron un correo nuestro como no deseado. Se puede deshacer con el enlace para dejar de recibir todos los avisos, al final de cada correo nuestro.
page-stilled-button = Volver a escribir a esta dirección
page-stilled-webhook = Su webhook allí no aceptó ninguno de nuestros mensajes durante días, o nos pidió parar, así que dejamos de enviarlos. ¿Ya funciona? Envíele una prueba: con la primera que acepte, los mensajes vuelven a enviarse allí.
page-stilled-test = Enviarle una prueba
page-did-mute = Silenciado. Ya no recibirá avisos sobre ese caso.
page-did-unmute = Volverá a recibir avisos sobre ese caso.
page-muted-title = Casos que ha silenciado
page-muted-change = Caso { $number }: volver a recibir avisos
page-mute-author-title = ¿Silenciar a esta persona?
page-mute-author-said = Lo que dijo:
page-mute-author-lead = Ninguno de sus seguimientos le avisará de lo que diga, sea cual sea el caso. Sus comentarios siguen en las páginas de los casos.
page-mute-author-button = Silenciar a esta persona
page-unmute-author-title = Esta persona está silenciada
page-unmute-author-lead = Ninguno de sus seguimientos le avisa de lo que dice.
page-unmute-author-button = Volver a recibir sus comentarios
page-did-mute-author = Silenciada. Ya no recibirá avisos de lo que diga esa persona.
page-did-unmute-author = Volverá a recibir avisos de lo que diga esa persona.
page-muted-authors-title = Personas cuyos comentarios ha silenciado
page-stop-one-title = ¿Terminar “{ $watch }”?
page-stop-one-lead = Termina definitivamente y se borra su zona. Si solo quiere descansar un tiempo, póngalo en pausa.
page-stop-one-back = Conservarlo

## What to expect of a watch before it is made

page-expect-weekly = { $count ->
    [one] Alrededor de uno por semana
   *[other] Alrededor de { $count } por semana
}
page-expect-few = { $count ->
    [one] Uno en las últimas cuatro semanas
   *[other] { $count } en las últimas cuatro semanas
}
page-expect-none = Nada en las últimas cuatro semanas
page-expect-unknown = Es pronto para decirlo: hay menos de una semana de noticias para calcularlo

## Whoever reported something says whether it is fixed

page-fixed-title = ¿Ya está arreglado?
page-fixed-lead = Usted reportó esto y se cerró. Si el problema sigue ahí, se vuelve a abrir.
page-fixed-yes = Sí, está arreglado
page-fixed-no = No, volver a abrirlo
page-fixed-words = ¿Sigue ahí? Si quiere, diga qué ve. Se publica con el reporte.
page-fixed-thanks-title = Gracias
page-fixed-thanks-lead = Es bueno saber que quedó resuelto.
page-fixed-again-title = Está abierto de nuevo
page-fixed-again-lead = Se avisa a todos los que lo siguen, y también a usted cuando pase algo.
page-fixed-open-title = Está abierto
page-fixed-open-lead = Este reporte no está cerrado por ahora, así que todavía no hay nada que responder.

## All that is stored about a person

page-mine-title = Lo que guardamos sobre usted
page-mine-download = Descargar todo lo que guardamos sobre usted
page-mine-delete = Borrar todo sobre usted
page-leave-title = ¿Borrar todo sobre usted?
page-leave-lead = Ya no sabrá más de nosotros. Sus direcciones, lo que eligió y lo que le enviamos se borran definitivamente, y los enlaces de nuestros correos dejan de funcionar.
page-leave-watches = { $count ->
    [one] Este seguimiento termina y se borra su zona:
   *[other] Estos { $count } seguimientos terminan y se borran sus zonas:
}
page-leave-stays = Los casos que usted reportó siguen en el sitio. Nada indica ya que fue usted quien los reportó.
page-leave-silenced = Desde una de sus direcciones se pidió que nunca más le escribamos. La guardamos, y nada más, para que siga siendo así.
page-leave-button = Borrar todo
page-leave-back = Conservar todo
page-left-title = Todo sobre usted está borrado
page-left-lead = No le enviaremos nada más. Si algún día quiere volver a recibir avisos, inscríbase como la primera vez.

## Issues

page-home-title = Casos más recientes
page-home-empty = Todavía no se ha reportado nada.
page-timeline = Qué pasó
page-where = Dónde
page-where-unknown = No se conoce su lugar, por eso no se avisa a quienes siguen un lugar.
page-ward = Distrito
page-reported = Reportado
page-official = Oficial
page-votes = { $count ->
    [one] También le afecta a un vecino
   *[other] También les afecta a { $count } vecinos
}
page-map = Mapa: { $place }
page-wards = Distrito { $wards }

## Caught mail, for developers

page-mailbox-title = Correos capturados
page-mailbox-lead = Estos correos se guardaron en una carpeta y no se enviaron. Los más recientes primero, 200 como máximo.
page-mailbox-empty = Todavía ninguno.
page-mailbox-to = para { $address }

## El sitio

page-nav = Principal
page-nav-watch = Seguir
page-nav-report = Reportar
page-nav-issues = Casos
page-nav-wards = Distritos
page-hello-title = ¿Qué pasa en su cuadra?
page-hello-lead = Busque un lugar. O entérese cuando allí se reporta algo, y cuando queda arreglado.
page-hello-watch = Seguir su cuadra
page-hello-ward = Encontrar su distrito
page-offline-title = No tiene conexión
page-offline-lead = Esta página viene de su dispositivo. Inténtelo de nuevo cuando tenga conexión.
page-offline-button = Intentar de nuevo
page-around-me = Cerca de mí
page-email-hint = Le preguntamos por correo antes de enviar nada más. Puede dejarlo cuando quiera.
page-wrong-mark = Error:
page-wrong-summary = Hay un problema
page-wrong-email-none = Escriba su dirección de correo.
page-wrong-email = Escriba una dirección de correo correcta, como nombre@example.org.
page-wrong-code-none = Escriba los seis dígitos de nuestro correo.
page-wrong-code = No es el código de nuestro correo más reciente. Revise los seis dígitos, o abra el enlace del correo.
page-wrong-code-used-up = Se equivocó demasiadas veces. Abra el enlace de nuestro correo.
page-wrong-push = No se pudo llegar a este dispositivo. Inténtelo otra vez, o escriba su dirección de correo.
page-wrong-no-area = Elija un lugar: escriba una dirección, pulse «Cerca de mí» o dibuje en el mapa. O elija un distrito.
page-wrong-no-ward = Elija un distrito de la lista.
page-wrong-no-place = Elija primero un lugar.
page-wrong-area = Esa zona no se puede seguir. Dibújela de nuevo, o elija un distrito.
page-wrong-outside = Ese lugar no está en esta ciudad. Elija otro.
page-code-title = Revise su correo
page-code-lead = Le hemos enviado un correo con un enlace y seis dígitos. Abra el enlace, o escriba aquí los dígitos.
page-code-field = Los seis dígitos
page-code-button = Confirmar
page-code-none = ¿No llega en unos minutos? Mire en el correo no deseado.
page-code-again = Intentarlo de nuevo con otra dirección
page-wards-title = Distritos
page-wards-lead = Elija su distrito para ver lo que se reportó allí y para recibir avisos.
page-wards-none = Esta ciudad todavía no ha cargado sus distritos.
page-wards-mine = Encontrar mi distrito
page-wards-map = Mapa de los distritos
page-wards-nowhere = Ese lugar no está en ningún distrito de esta ciudad. Elija uno de la lista.
page-ward-ask = Reciba noticias de este distrito, una vez al día
page-ward-button = Suscribirme
page-ward-more = Solo una parte, o en otro momento
# $ward is a name of a ward, like “Ward 12”.
page-ward-map = Mapa de { $ward }
page-ward-empty = Aquí todavía no se ha reportado nada.
page-watch-title = ¿Qué quiere seguir?
page-watch-where = Dónde
page-watch-area = Unas cuadras
page-watch-ward = Un distrito
page-watch-ward-here = El distrito en que esté un lugar
page-watch-which = Qué distrito
page-watch-choose = Elija uno
page-watch-radius = A qué distancia
# $size is a distance, like “300 m”.
page-watch-around = { $size } alrededor
page-watch-find = Mostrarlo en el mapa
page-watch-map = Mapa de la zona
page-watch-no-script = Para dibujar una zona propia necesita JavaScript.
page-watch-what = De qué quiere enterarse
page-watch-email = Su dirección de correo
page-watch-device = Avisarme en este dispositivo
page-watch-ios = En un iPhone o iPad, añada primero este sitio a su pantalla de inicio: toque Compartir y luego «Añadir a pantalla de inicio». Ábralo desde allí y vuelva a esta página.
page-watch-button = Seguir
# Names of watches, until their owners choose others.
page-watch-my-area = Mi zona
page-watch-my-ward = Mi distrito
page-nav-mine = Lo mío
page-sign-in-title = Entrar
page-sign-in-lead = No hay contraseña. Le enviamos un enlace.
page-sign-in-button = Enviarme el enlace
page-sign-in-sent = Si conocemos la dirección, un correo con un enlace está en camino. ¿No llega nada? Entonces con esa dirección todavía no se sigue nada.
page-sign-in-again = Probar otra dirección
page-sign-in-here = Pulse el botón, y este navegador le recordará durante tres meses.
page-sign-in-used-title = Este enlace ya se usó
page-sign-in-used-lead = Cada enlace sirve para entrar una sola vez, para que no entre quien lo encuentre después. Escriba su dirección y le enviamos otro.
page-sign-out = Salir
page-part-title = Participe
page-part-follow = Seguir este caso
page-part-follows = Usted sigue este caso.
page-part-vote = A mí también me molesta
page-part-voted = A usted también le molesta.
page-part-comment = Añadir un comentario
page-part-comment-hint = Se muestra aquí a todo el mundo, sin su nombre.
page-part-say = Comentar
page-part-hint = Le contamos en qué queda. Cuando haya confirmado, también podrá comentar y decir que le molesta.
page-part-sign-in = ¿Ya se ha suscrito antes? Entre
page-did-follow = Usted sigue este caso. Le contamos en qué queda.
page-did-vote = Gracias. Queda contado que a usted también le molesta.
page-did-comment = Gracias. Su comentario se muestra.
page-did-comment-waits = Gracias. La ciudad lee primero su comentario; después se muestra.
page-wrong-words-none = Escriba lo que quiere decir.
page-wrong-words-long = Un comentario tiene como máximo 2.000 caracteres. Acórtelo.
page-wrong-words-many = Ha dicho mucho en una hora. Inténtelo más tarde.
