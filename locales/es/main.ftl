# What people read in mails and on their lock screens.
#
# $category, $place, $watch, $ward and $city are the city's or a person's own words.
# $actor is resident, official, office (of a ward) or system. $place is an address, or the issue's number.

## The subject of a mail and the title of a push: what happened, then where

subject-opened = Nuevo reporte: { $category } – { $place }
subject-updated = Caso actualizado: { $category } – { $place }
subject-commented = { $actor ->
    [official] Respuesta de la ciudad: { $category } – { $place }
    [office] Respuesta de la oficina del distrito: { $category } – { $place }
   *[other] Nuevo comentario: { $category } – { $place }
}
subject-voted = También le afecta a un vecino: { $category } – { $place }
subject-closed = Caso cerrado: { $category } – { $place }
subject-reopened = Caso reabierto: { $category } – { $place }
subject-moved = Nueva ubicación: { $category } – { $place }
subject-merged = Unido a otro reporte: { $category } – { $place }
subject-hidden = Retirado del sitio: { $category } – { $place }
subject-digest = { $rhythm ->
    [weekly] Su semana en { $city }: { $counts }
    [daily] Su día en { $city }: { $counts }
   *[other] Novedades de { $city }: { $counts }
}
subject-confirm = Por favor, confirme que quiere recibir novedades de { $city }
subject-fixed = ¿Ya está arreglado? { $category } – { $place }
subject-stopped = Su webhook en { $host } ya no recibe mensajes
subject-sign-in = Su enlace para entrar en { $city }
subject-address = ¿Es suya esta dirección? Pregunta { $city }
subject-confirm-report = Su reporte { $number } a { $city }

place-number = Núm. { $number }
place-ward = Distrito { $ward }, núm. { $number }

## What happened, as a word on a label

kind-opened = Nuevo
kind-updated = Actualizado
kind-commented = Comentario
kind-voted = A mí también
kind-closed = Cerrado
kind-reopened = Reabierto
kind-moved = Movido
kind-merged = Unido
kind-hidden = Retirado

## What happened, as a heading over several issues

group-opened = Casos nuevos
group-updated = Actualizados
group-commented = Nuevos comentarios
group-voted = Con más vecinos afectados
group-closed = Cerrados
group-reopened = Reabiertos
group-moved = Movidos
group-merged = Unidos a otros reportes
group-hidden = Retirados del sitio

## How many of each, in a digest's subject

count-opened = { $count ->
    [one] { $count } nuevo
   *[other] { $count } nuevos
}
count-updated = { $count ->
    [one] { $count } actualizado
   *[other] { $count } actualizados
}
count-commented = { $count } con comentarios
count-voted = { $count } con votos
count-closed = { $count ->
    [one] { $count } cerrado
   *[other] { $count } cerrados
}
count-reopened = { $count ->
    [one] { $count } reabierto
   *[other] { $count } reabiertos
}
count-moved = { $count ->
    [one] { $count } movido
   *[other] { $count } movidos
}
count-merged = { $count ->
    [one] { $count } unido a otro
   *[other] { $count } unidos a otros
}
count-hidden = { $count ->
    [one] { $count } retirado
   *[other] { $count } retirados
}

## What happened, as a line with a date

did-opened = { $actor ->
    [official] Reportado por la ciudad
   *[other] Reportado
}
did-updated = { $actor ->
    [official] Actualizado por la ciudad
    [office] Actualizado por la oficina del distrito
   *[other] Actualizado
}
did-commented = { $actor ->
    [official] Respuesta de la ciudad
    [office] Respuesta de la oficina del distrito
   *[other] Comentario de un vecino
}
did-voted = También le afecta a un vecino
did-closed = { $actor ->
    [official] Cerrado por la ciudad
   *[other] Cerrado
}
did-reopened = { $actor ->
    [official] Reabierto por la ciudad
   *[other] Reabierto
}
did-moved = Movido a otro lugar del mapa
did-merged = Unido a otro reporte de lo mismo
did-hidden = Retirado del sitio

## Where an issue is in its life

status-received = Recibido
status-acknowledged = Visto por la ciudad
status-in-progress = En curso
status-on-hold = En espera
status-closed = Cerrado

## Dates

weekday-monday = lunes
weekday-tuesday = martes
weekday-wednesday = miércoles
weekday-thursday = jueves
weekday-friday = viernes
weekday-saturday = sábado
weekday-sunday = domingo
month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
# $half is am or pm; $hour12 counts 12, 1 … 11; $hour24 is 00 … 23.
clock = { $hour12 }:{ $minute } { $half ->
    [am] a. m.
   *[other] p. m.
}
# A date of this year, and of another one.
when = { $weekday }, { $day } de { $month }, { $clock }
when-year = { $weekday }, { $day } de { $month } de { $year }, { $clock }

## An issue in a mail

issue-line = Núm. { $number } · { $status }
issue-link = Ver cómo va
link-left-out = [enlace omitido]

## Where an issue lies, seen from the middle of an area that the reader watches

# $distance and $direction are those below. These stand within a sentence, too: begin them small.
away = a { $distance } al { $direction } del centro de “{ $watch }”
away-middle = en el centro de “{ $watch }”
# What the map in a mail shows, for whoever does not see it. $away is one of the two above.
map-alt = Mapa: { $place }
map-alt-away = Mapa: { $place }, { $away }
direction-north = norte
direction-northeast = noreste
direction-east = este
direction-southeast = sureste
direction-south = sur
direction-southwest = suroeste
direction-west = oeste
direction-northwest = noroeste
distance-m = { $count } m
distance-km = { $count } km
distance-km-tenths = { $whole }.{ $tenth } km
distance-ft = { $count ->
    [one] { $count } pie
   *[other] { $count } pies
}
distance-mi = { $count ->
    [one] { $count } milla
   *[other] { $count } millas
}
distance-mi-tenths = { $whole }.{ $tenth } millas

## A digest

digest-title = { $rhythm ->
    [weekly] Su semana en { $city }
    [daily] Su día en { $city }
   *[other] Novedades de { $city }
}
digest-lead = { $count ->
    [one] Hay novedades de un caso que usted sigue.
   *[other] Hay novedades de { $count } casos que usted sigue.
}
digest-more = { $count ->
    [one] y uno más
   *[other] y { $count } más
}
digest-watches = Usted sigue: { $watches }

## The question to a reporter whether what was closed is fixed

fixed-title = ¿Ya está arreglado?
fixed-lead = Usted reportó esto y ya se cerró ({ $when }). Si el problema sigue ahí, díganoslo y se vuelve a abrir.
fixed-heading = Lo que usted reportó
fixed-yes = Sí, está arreglado
fixed-no = No, sigue ahí

## To the owner of a webhook that takes nothing

stopped-title = Su webhook se ha detenido
stopped-preheader = No ha aceptado nada durante días.
stopped-lead = { $host } no ha aceptado ninguno de nuestros mensajes desde { $when }, así que dejamos de enviárselos. El último intento: “{ $reason }”. Sus seguimientos siguen en pie, y lo que le llega por correo o en el navegador continúa. Cuando el webhook esté reparado, envíele una prueba desde su página; con la primera que acepte, los mensajes vuelven a enviarse allí.
stopped-page = Abrir su página

## To somebody who wants to sign in

sign-in-title = Entrar
sign-in-preheader = El enlace vale { $minutes } minutos.
sign-in-lead = Alguien, esperamos que usted, quiere entrar con esta dirección. El enlace sirve una sola vez y vale { $minutes } minutos. Si no fue usted, no haga nada: sin el enlace nadie entra.
sign-in-link = Entrar

# To an address that somebody says is theirs, too; and a test to a device.
address-title = ¿Es suya también esta dirección?
address-preheader = Con pulsar una vez, los mensajes llegan también a esta dirección.
address-lead = Alguien, esperamos que usted, quiere que sus avisos lleguen también a esta dirección. Si no fue usted, no haga nada: aquí no se envía nada más.
address-link = Sí, es mía
push-test-title = Este dispositivo recibe los avisos
push-test-body = Es solo una prueba. Así llegan aquí las novedades de lo que usted sigue.

## The question whether anybody answers at a webhook

ping-title = Una prueba de { $city }
ping-text = Si puede leer esto, los mensajes sobre lo que usted sigue llegarán aquí.

## Why it came, and the ways out

why-title = Por qué recibió esto
because-watch = Usted sigue “{ $watch }”.
because-area-ended = El área pública cuyo contorno tomó ya no es pública. Usted conserva su último contorno.
because-line = Usted sigue “{ $watch }”. Este caso está en el límite del distrito { $ward }.
stop-watch = Cancelar los correos de este seguimiento
manage = Cambiar sus seguimientos
mute-issue = Silenciar este caso
mute-author = Silenciar a este vecino
stop-all = Cancelar todos los correos
footer = { $city } le envía esto porque usted pidió recibir avisos.
footer-confirm = { $city } envió esto porque alguien ingresó su dirección de correo.
footer-sign-in = { $city } envió esto porque alguien pidió entrar con su dirección de correo.

## A confirmation

confirm-title = Por favor, confirme su dirección de correo
confirm-lead-area = Usted pidió recibir avisos de { $city } sobre los casos en la zona que eligió. Si fue usted, confirme que esta dirección de correo es suya.
confirm-lead-wards = { $count ->
    [one] Usted pidió recibir avisos de { $city } sobre los casos en el distrito { $wards }. Si fue usted, confirme que esta dirección de correo es suya.
   *[other] Usted pidió recibir avisos de { $city } sobre los casos en los distritos { $wards }. Si fue usted, confirme que esta dirección de correo es suya.
}
confirm-lead-issue = Usted pidió recibir avisos de { $city } sobre lo que pase con el caso { $number }. Si fue usted, confirme que esta dirección de correo es suya.
confirm-lead-report = Gracias por su reporte. Tiene el número { $number }. Confirme que esta dirección es suya y { $city } le dirá qué pasa con él.
confirm-button = Sí, avísenme
confirm-code = O escriba este código donde se inscribió:
confirm-ignore = Si no fue usted, ignore este correo y no recibirá ninguno más.
confirm-preheader = Toque para confirmar o escriba { $code }.
confirm-never = No escribirme nunca más

## Buttons on a push message

action-follow = Seguir
action-mute = Silenciar
