# What belongs to one person: what they were told, how they are reached, their areas.

page-device = { $browser } en { $system }
page-device-unknown = Un navegador que no dice su nombre
page-confirm-device = El navegador en el que se pidió también recibirá los avisos: { $device }. Pulse el botón solo si es suyo.

## What somebody was told

page-inbox-title = Lo que le hemos avisado
page-inbox-all-seen = Ya lo ha visto todo.
page-inbox-unread-count = { $count ->
    [one] Hay uno nuevo.
   *[other] Hay { $count } nuevos.
}
page-inbox-seen = Marcar todo como visto
page-inbox-did-seen = Marcado como visto.
page-inbox-new = Sin leer
page-inbox-waits = Espera al próximo resumen
page-inbox-due = Llega el { $when }.
page-inbox-more = { $count ->
    [one] Y uno más.
   *[other] Y { $count } más.
}
page-inbox-empty = Todavía no le hemos avisado de nada. Lo que reciba por correo o en un dispositivo aparecerá también aquí.
page-inbox-older = Anteriores
page-inbox-mute = Silenciar
page-inbox-day = { $weekday }, { $day } de { $month }
page-inbox-day-year = { $weekday }, { $day } de { $month } de { $year }
page-inbox-because = Porque usted sigue { $watches }.
page-inbox-area = su área “{ $watch }”
page-inbox-watch = “{ $watch }”
page-inbox-digest = En un resumen
page-inbox-by = { $by ->
    [mail] por correo
    [push] en un dispositivo
   *[webhook] por webhook
}
page-inbox-not-by = { $by ->
    [mail] todavía no por correo
    [push] todavía no en un dispositivo
   *[webhook] todavía no por webhook
}

## The account of whoever has signed in

page-account-title = Su cuenta
page-account-mails = Direcciones de correo
page-account-devices = Dispositivos
page-account-no-devices = Ningún dispositivo le muestra avisos todavía.
page-account-webhooks = Webhooks
page-account-since = Desde el { $when }
page-account-waits = Espera la respuesta a nuestro correo
page-account-stopped = Ya no escribimos ahí porque nuestros correos volvieron. En la página de sus seguimientos puede pedirnos que escribamos de nuevo.
page-account-gone = Ahí ya no se llega a nadie
page-account-never = No se le escribe nunca, como se pidió desde ahí
page-account-fails = Ahora mismo no acepta nada
page-account-ask = Enviar la pregunta otra vez
page-account-forget = Quitar
page-account-test = Enviar una prueba
page-account-add-mail = Otra dirección de correo
page-account-add-hint = Primero preguntamos ahí. A una dirección que ya recibe avisos por su cuenta no se le pregunta: entre con ella y bórrela allí antes.
page-account-add = Añadir
page-account-add-device = Añadir este dispositivo
page-account-did-ask = Si se puede preguntar a la dirección, hay un correo en camino. Abra el enlace que lleva.
page-account-did-forget = Quitado.
page-account-did-add = Este dispositivo está añadido.
page-account-did-test = La prueba va de camino al dispositivo.
page-account-out-here = Salir aquí
page-account-out-everywhere = Salir en todas partes
page-account-out-hint = En cada navegador en el que haya entrado habrá que entrar de nuevo. Los enlaces de nuestros correos siguen abriendo lo suyo.
page-wrong-last-way = No hay nada más por donde avisarle ni con que pueda iniciar sesión. Añada antes otra dirección, o borre todo sobre usted.
page-wrong-contacts-many = Ya tiene muchas direcciones y dispositivos. Quite uno antes.
page-wrong-others-device = Este dispositivo muestra los avisos de otra persona. Deténgalos antes.
page-contact-ask-title = ¿Es suya también esta dirección?
page-contact-lead = Alguien que ha entrado dice que { $address } es suya y quiere recibir avisos también ahí.
page-contact-button = Sí, es mía
page-contact-done-title = La dirección está añadida
page-contact-done = Desde ahora los avisos llegan también a { $address }.

## The area of a watch, and areas that everybody may see

page-area-change = Cambiar el área
page-area-title = El área de “{ $watch }”
page-area-did-change = El área ha cambiado.
page-area-did-nothing = El área está como estaba: no cambió nada en ella.
page-area-own = Ahora tiene el contorno de “{ $name }”. Si dibuja otro, deja de seguirlo.
page-area-seen = Todos la ven como “{ $name }”. Quien la siga recibe el nuevo contorno.
page-area-follows = Tiene el contorno del área pública “{ $name }”. Cuando aquel cambia, este también.
page-area-ended = El área pública que seguía ya no es pública. Conserva el último contorno.
page-area-public = Todos pueden ver y seguir esta área como “{ $name }”.
page-area-held = “{ $name }” se mostrará cuando alguien de la ciudad haya leído el nombre.
page-area-dismissed = La ciudad no muestra el nombre “{ $name }”. Elija otro o deje el área en privado.
page-public-title = Dejar que otros vean y sigan esta área
page-public-change = Cambiar su nombre público o hacerla privada
page-public-lead = Su seguimiento “{ $watch }” sigue siendo suyo. Su área tendrá una página propia.
page-public-what = Qué se hace público
page-public-seen = Todos ven el contorno del área y el nombre que le ponga aquí. Quien reporte algo en ella puede leer que se sigue con ese nombre.
page-public-not-seen = Nadie ve quién es usted, cómo la llama usted, qué avisos quiere ni quién la sigue.
page-public-middle = Esta área se dibujó alrededor de un lugar. Quien la ve encuentra el centro. Si es su casa, dibuje antes otra área.
page-public-followers = Puede volver a hacerla privada en cualquier momento. Quien la siga entonces conserva el último contorno.
page-public-name = Nombre público
page-public-hint = Por ejemplo “Amigos de Palmer Square”. Como mucho 60 caracteres, sin enlaces.
page-public-button = Hacerla pública
page-public-end = Hacerla privada
page-public-page = Ver su página
page-public-did-show = Ahora todos pueden ver el área.
page-public-did-wait = La ciudad lee primero el nombre; después todos podrán ver el área.
page-public-did-end = El área vuelve a ser privada.
page-wrong-public-none = Escriba un nombre de al menos dos letras.
page-wrong-public-long = Un nombre tiene como mucho 60 caracteres. Acórtelo.
page-wrong-public-link = No incluya enlaces ni direcciones.
page-wrong-public-signs = Quite los signos que nadie ve o que cambian el sentido de la lectura.
page-wrong-public-many = Ya tiene cinco áreas públicas. Haga privada una antes.
page-areas-title = Áreas para seguir
page-areas-lead = Los vecinos dejan que todos vean y sigan estas áreas.
page-areas-none = Nadie ha hecho pública un área todavía.
page-areas-hint = Tendrá un seguimiento propio, con un resumen cada día. Si el área se dibuja de nuevo, la suya también cambia; si deja de ser pública, conserva el último contorno.
page-areas-ask = Recibir novedades de esta área
page-areas-follow = Seguir esta área
page-areas-follows = Usted sigue esta área.
page-areas-did-follow = Ahora sigue esta área.
