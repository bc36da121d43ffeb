# Looking around: the list with its map, feeds, and the page that others frame.

page-browse-count = { $count ->
    [one] Un caso
   *[other] { $count } casos
}
page-browse-count-more = { $count ->
    [one] Más de un caso
   *[other] Más de { $count } casos
}
# $found is the sentence of page-browse-count.
page-browse-count-among = { $found } entre los { $count } más recientes
page-browse-choose = Elegir qué ver
page-browse-chosen = Solo se muestra
page-browse-without = quitar
page-browse-any-ward = Todos los distritos
page-browse-status = Estado
page-browse-any-status = Cualquier estado
page-browse-open = Abierto
page-browse-within = Reportado
page-browse-any-time = En cualquier momento
page-browse-days = { $count ->
    [one] En las últimas 24 horas
   *[other] En los últimos { $count } días
}
page-browse-sort = Orden
page-browse-newest = Primero los más nuevos
page-browse-votes = Primero los más votados
page-browse-longest = Primero los que llevan más tiempo abiertos
page-browse-words = Palabras
page-browse-words-hint = En la descripción o la dirección, o un número de caso
# $words is what somebody typed.
page-browse-said = «{ $words }»
page-browse-here = Solo esta parte del mapa
page-browse-show = Mostrar
page-browse-all = Ver todos los casos
page-browse-all-here = Ver todos los casos de este distrito
page-browse-watch = Seguir lo que ve
page-browse-list-here = Listar lo que muestra el mapa
page-browse-first = Volver al principio de la lista
page-browse-older = Casos más antiguos
page-browse-more = Más casos
page-browse-further = Seguir buscando
page-browse-nothing = Nada coincide con todo esto. Quite uno de los filtros o sígalo para recibir un aviso cuando llegue algo.
page-browse-nothing-yet = Nada entre los casos revisados hasta ahora. Siga buscando o quite uno de los filtros.
page-browse-map = Mapa de los casos de la lista
page-browse-take = Lléveselo
page-browse-feeds = Como canal:
page-browse-embed = Ponerlo en una página suya
page-browse-embed-code = Copie esto en la página
page-browse-embed-look = Ver cómo queda
page-browse-wrong-category = Marque como máximo 50 categorías, o ninguna para verlas todas.
page-browse-wrong-status = Ese estado no existe. Elija uno de la lista.
page-browse-wrong-words = Busque como máximo 200 caracteres. Acórtelo.
page-browse-wrong-bbox = No se entiende esa parte del mapa. Quítela o elíjala de nuevo en el mapa.
page-browse-wrong-within = Elija un número de días de la lista.
page-browse-wrong-sort = Ese orden no existe. Elija uno de la lista.
page-browse-wrong-longest = Lo que está cerrado ya no espera. Elija los casos abiertos u otro orden.
page-browse-wrong-cursor = Ese enlace está cortado. Este es el principio de la lista.
page-embed-title = Casos en { $city }
page-embed-all = Verlos todos y reportar algo
page-feed-title = Como canal
page-feed-hint = Para su propio lector o calendario. Quien tenga el enlace puede leerlo, así que no lo comparta. Termina cuando termina el seguimiento.
page-feed-issues = Casos
page-feed-mine = Lo que usted sigue
