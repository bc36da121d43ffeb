# The front page, the pages that say the same to everybody, and the foot of all pages.

## The front page

page-find-label = Dirección, distrito o número de caso
page-find-button = Buscar
page-ways = Qué puede hacer
page-way-watch = Unas cuadras a su alrededor, o una zona que usted dibuja. Le escribimos cuando allí se reporta algo y cuando queda arreglado.
page-way-ward = Lo que se reportó en él, y todo por correo, una vez al día.
page-way-report-title = Reportar algo
page-way-report = Un bache, una luz apagada, una recogida que faltó. Toma un minuto.
# The gaps are filled by the next two.
page-week = En los últimos siete días: { $reported }, { $closed }
page-week-reported = { $count ->
    [one] uno reportado
   *[other] { $count } reportados
}
page-week-closed = { $count ->
    [one] uno cerrado
   *[other] { $count } cerrados
}
page-home-all = Todos los casos

## The foot of every page

page-foot = Acerca de este sitio
page-foot-access = Accesibilidad
page-foot-privacy = Privacidad
page-foot-data = Datos abiertos
page-foot-language = Idioma

## How to reach whoever runs the site

page-contact-title = Escríbanos
page-contact = Nos encuentra aquí:
page-contact-none = Quien opera este sitio no ha indicado aquí cómo contactarlo. El sitio web de la ciudad dice cómo llegar a ella.

## Accessibility

page-access-title = Declaración de accesibilidad
page-access-lead = Este sitio es para toda la gente de { $city }. Busca cumplir las Pautas de Accesibilidad para el Contenido Web (WCAG) 2.2, nivel AA.
page-access-state-title = Hasta dónde cumple
page-access-state = Cumple en parte: lo que todavía no cumple las pautas está más abajo.
page-access-limits-title = Lo que se sabe que no cumple
page-access-limit-map = Un mapa que se mueve le dice poco a un lector de pantalla sobre lo que muestra. Lo que hay en él está también al lado como lista, y lo que se hace con él puede hacerse con los campos que lo acompañan.
page-access-limit-words = Lo que escriben los residentes se muestra como lo escribieron. Puede estar en otro idioma que la página, y eso no queda marcado.
page-access-limit-hand = Dibujar una zona a mano requiere ratón o dedo. Las esquinas y los círculos se dibujan también con el teclado, y un distrito se elige de una lista.
page-access-limit-colours = Los mapas conservan sus colores cuando su sistema impone otros, porque de lo contrario no se distinguirían sus partes.
page-access-made-title = Con qué está hecho
page-access-made = HTML, CSS, SVG y WAI-ARIA. JavaScript añade mapas y avisos en su dispositivo; leer, seguir y darse de baja funciona sin él.
page-access-checked-title = Cómo se comprobó
page-access-checked = Por quienes hacen Wardwatch, no por nadie de fuera: cada página con axe-core, en claro y en oscuro, en teléfono y en escritorio, a 320 píxeles, y los recorridos por el sitio solo con el teclado. Esta declaración viene con la versión { $version }.
page-access-tell = ¿Algo le estorba? Diga en qué página, y con qué la lee.
page-access-further = Si nuestra respuesta no le ayuda, la ley del lugar donde vive dice quién atiende las quejas sobre accesibilidad.

## Privacy

page-privacy-title = Privacidad
page-privacy-lead = Qué guarda este sitio de usted, por cuánto tiempo, quién lo ve y cómo se borra.
page-privacy-what-title = Qué se guarda
page-privacy-watcher = Cuando sigue algo: su dirección de correo o la dirección de su navegador para avisos, lo que sigue, de qué quiere enterarse y cuándo, su idioma, y lo que le enviamos.
page-privacy-area = Dónde sigue algo es solo asunto suyo, salvo que haga pública un área con un nombre. Si no, no está en ninguna lista, ningún canal ni ningún registro, ni en la página de nadie más.
page-privacy-public = De un área que usted hace pública, todos ven el contorno y el nombre. No se dice a nadie de quién es.
page-privacy-reporter = Cuando reporta o comenta algo: lo que escribió y dónde está, que todo el mundo puede leer. Su dirección no se muestra. Se guarda para poder contarle en qué queda.
page-privacy-pictures = De las fotos y los vídeos, lo que muestra la imagen. Todo lo que la cámara esconde en el archivo, como el lugar y la hora, se quita antes de guardarlos. Todos pueden verlos.
page-privacy-answers = Las respuestas que un reporte pide en privado: solo las lee el personal de la ciudad.
page-privacy-devices = Sus dispositivos que muestran avisos, por navegador y sistema, como «Firefox en Android», para que los distinga. Nadie más lo ve.
page-privacy-feed = Cada seguimiento tiene un canal privado, en una dirección que nadie puede adivinar. A quien se la dé podrá leer lo que ese seguimiento avisa. Termina con él.
page-privacy-traffic = No se anota quién mira qué página. Cuántas veces pide alguien algo se cuenta por un rato, contra los abusos. Quien opera los servidores delante de este sitio puede llevar sus propios registros.
page-privacy-long-title = Por cuánto tiempo
page-privacy-unanswered = { $count ->
    [one] Una dirección que no confirma se olvida después de un día.
   *[other] Una dirección que no confirma se olvida después de { $count } días.
}
page-privacy-keep = { $count ->
    [one] Lo que le enviamos, los seguimientos que borró y las personas que ya no siguen nada se olvidan después de un día.
   *[other] Lo que le enviamos, los seguimientos que borró y las personas que ya no siguen nada se olvidan después de { $count } días.
}
page-privacy-keep-all = Lo que le enviamos queda guardado hasta que usted borre todo lo suyo.
page-privacy-issues = Los casos y los comentarios permanecen. Una vez que haya borrado todo lo suyo, nada indica ya que vinieron de usted.
page-privacy-never = La dirección de quien pidió que nunca le escribamos se guarda, y nada más con ella, para que siga siendo así.
page-privacy-who-title = Quién lo ve
page-privacy-who = Quienes operan este sitio para { $city }. Para llegar a usted, un correo pasa por servidores de correo, y un aviso en su dispositivo por el servicio del fabricante de su navegador, que no puede leerlo.
page-privacy-third = No hay publicidad, y nadie mide las visitas.
page-privacy-addresses-ours = Las direcciones que escribe se buscan en este sitio. Nadie más se entera de ellas.
# $host is the service that is asked for addresses.
page-privacy-addresses-theirs = Una dirección que usted escribe y que este sitio no conoce se envía a { $host } para encontrarla, desde este servidor y sin su dirección de internet.
page-privacy-maps-none = Los mapas se dibujan con los datos de este mismo sitio. Nadie más se entera de lo que usted mira.
page-privacy-maps-ours = Los mapas vienen del servidor de este mismo sitio. Nadie más se entera de lo que usted mira.
page-privacy-maps-theirs = Los mapas que se pueden mover cargan su fondo de { $host }. Ese servicio se entera de su dirección de internet y de qué parte del mapa mira. Las páginas sin un mapa así no cargan nada de allí.
page-privacy-cookies-title = Cookies
page-privacy-cookie-session = “wardwatch” se pone cuando confirma o entra. Le dice a este sitio, y a ningún otro, quién es usted, durante 90 días.
page-privacy-cookie-lang = “lang” se pone cuando elige un idioma al pie de una página. Se queda un año.
page-privacy-cookie-rest = No hay ninguna otra.
page-privacy-mine-title = Verlo, llevárselo, borrarlo
page-privacy-mine = En la página de sus seguimientos puede cambiarlos, descargar todo lo que guardamos sobre usted, o borrarlo todo de una vez.

## Open data

page-data-title = Datos abiertos
page-data-lead = Lo que muestran las páginas lo puede tomar cualquiera: sin clave y sin registrarse.
page-data-ways = Cómo obtenerlos
page-data-geojson = Casos en un mapa
page-data-csv = Casos para una hoja de cálculo
page-data-json = Casos para un programa
page-data-boundaries = Los límites de los distritos, y de lo demás que esté cargado
page-data-stream = Lo que pasa, en el momento en que pasa (server-sent events)
page-data-filters-title = Solo una parte
page-data-filters = Las tres listas de casos aceptan los mismos filtros, también juntos. Una respuesta no los trae todos: su encabezado Link lleva al resto.
page-data-filter-ward = Un distrito
page-data-filter-status = Lo que está abierto
page-data-filter-updated = Lo que ha cambiado desde un momento
page-data-filter-bbox = Lo que está dentro de un recuadro: oeste, sur, este, norte
page-data-not = Quién reportó algo, quién sigue algo y dónde no está en ellos.
page-data-license-title = Licencia
page-data-license = Los datos tienen esta licencia:
page-data-license-none = La ciudad no ha dicho aquí qué licencia tienen sus datos. Pregunte antes de publicarlos.
