# Those who work on issues: what they do on an issue's page, their desk, and how their words are shown.
# $office is a ward's office or the city, $watch a person's own name for a watch.

## Who speaks

page-office-ward = Oficina del distrito { $ward }
page-office-layer = Oficina de { $layer } { $ward }

## On the page of an issue, for the city

page-city-title = Para la ciudad
page-city-as = Lo que haga aquí se comunica a todos los que siguen este caso, y figura como hecho por: { $office }.
page-city-words = Sus palabras
page-city-words-hint = Para responder hacen falta. Con los demás botones puede dejarlo vacío.
page-city-reply = Responder
page-city-acknowledge = Marcar como visto
page-city-begin = Poner en curso
page-city-hold = Poner en espera
page-city-close = Cerrar
page-city-reopen = Reabrir
page-city-wrong-none = Escriba primero su respuesta.
page-city-changed = Este caso ha cambiado desde que usted abrió la página, así que no se hizo nada. Vea las novedades y presione otra vez.
# $what is a status, or what happened.
page-city-changed-step = { $what }, { $when }
page-city-changed-step-by = { $what }: { $who }, { $when }
page-city-comments-lead = Nadie más ve estos comentarios hasta que alguno de ustedes los muestre.
page-city-show = Mostrar este comentario
page-city-dismiss = No mostrarlo
page-city-did = Listo. Se avisa a todos los que siguen este caso.
page-city-did-show = El comentario ya se muestra.
page-city-did-dismiss = El comentario no se mostrará.
page-city-gone = Alguien ya decidió sobre ese comentario.
page-city-answers = Lo que se respondió solo a la ciudad
page-city-pictures = Fotos y vídeos
page-city-picture-hold = No mostrar
page-city-picture-remove = Borrar para siempre
page-city-did-picture = Listo. La imagen ya no se muestra.

## The desk

page-desk-title = Su escritorio
page-desk-as = Usted trabaja para: { $office }.
page-desk-new = Nuevos
page-desk-waiting = Los que llevan más tiempo abiertos
# $when is when it was reported.
page-desk-since = abierto desde: { $when }
page-desk-comments = Comentarios por leer
page-desk-none = Aquí no hay nada.
# $list is the name of one of the lists.
page-desk-all = Toda la lista: { $list }
page-desk-next = Página siguiente
page-desk-back = Página anterior
page-desk-whole = Todo el escritorio
page-desk-names = Nombres de áreas por leer
page-desk-names-lead = Hay vecinos que quieren que todos vean y sigan sus áreas con estos nombres. Nadie más los ve hasta que uno de ustedes los muestre.
page-desk-name-show = Mostrar este nombre
page-desk-name-dismiss = No mostrarlo
page-desk-did-show = El nombre ya se muestra.
page-desk-did-dismiss = El nombre no se mostrará.
page-desk-gone = Alguien ya decidió sobre ese nombre, o se cambió.

## What comes next

page-next-title = Lo que sigue
page-next-received = La ciudad todavía no ha respondido. Cuando lo haga, su respuesta estará aquí.
page-next-acknowledged = La ciudad ya lo sabe. Cuando empiece el trabajo, se dirá aquí.
page-next-in-progress = Se está trabajando en ello. Cuando termine, la ciudad cerrará aquí el caso.
page-next-on-hold = Está en espera. Cuando siga adelante, se dirá aquí.
page-next-ask = Le preguntaremos si está arreglado: { $when }.

## Whoever reported it opens it again

page-again-title = ¿No está arreglado?
page-again-lead = Usted lo reportó y se cerró. Si el problema sigue ahí, vuelva a abrirlo.
page-again-words = ¿Qué ve? Puede dejarlo vacío.
page-again-button = No está arreglado
page-did-again = El caso está abierto de nuevo. Se avisa a todos los que lo siguen.

## Passing it on

page-share-title = Compartir y ver más
page-share-link = Enlace a este caso
page-share-button = Compartir
page-related-category = Más casos: { $category }

## Why somebody was told

page-told-mail = Le avisamos de esto por correo, { $when }, porque sigue “{ $watch }”.
page-told-push = Le avisamos de esto en su dispositivo, { $when }, porque sigue “{ $watch }”.
page-told-webhook = Avisamos de esto a su programa, { $when }, porque sigue “{ $watch }”.
page-told-digest = Le avisamos de esto en un resumen, { $when }, porque sigue “{ $watch }”.
page-told-due = Le avisaremos de esto, { $when }, porque sigue “{ $watch }”.
page-told-muted = No le avisamos de este caso porque lo ha silenciado.
page-told-paused = No le avisamos de este caso porque entonces no quería recibir nada.
page-told-not-yet = Esto acaba de llegar. Si es algo que usted sigue, le avisaremos.
page-told-from-now = Empezó a seguirlo después de que ocurriera. Le avisaremos de lo que venga.
page-told-none = No le avisamos de este caso: no es lo que piden sus seguimientos.

## A ward's office on the ward's page

page-ward-office = La oficina del distrito
page-ward-said = Últimas palabras oficiales
page-ward-follow-replies = Solo las respuestas oficiales
# The name of a watch.
page-ward-replies = { $ward }, respuestas oficiales
