# Addresses: the field for one, and what is found.

page-place-label = Dirección o esquina
page-place-hint = Por ejemplo, 1200 W Addison St o State y Madison
page-place-find = Buscar la dirección
page-place-which = ¿A cuál se refiere?
page-place-choose = Elija uno de los lugares encontrados.
page-place-empty = Escriba una dirección o una esquina.
page-place-none = No conocemos esa dirección. Revise cómo está escrita o escriba la esquina más cercana: dos calles con “&” entre ellas.
page-place-street = Conocemos esa calle, pero no a qué punto se refiere. Añada un número que exista en ella o una calle que la cruce.
page-place-unreachable = Ahora no se pueden buscar direcciones. Inténtelo de nuevo en un momento.
# $whom is the name of a service, like “© OpenStreetMap”.
page-place-credit = Encontrado por: { $whom }
page-find-title = Buscar una dirección, un distrito o un caso
page-find-watch = Seguir lo que pasa alrededor
page-find-report = Reportar algo allí
page-find-around = Lo último cerca de { $place }
page-find-none = Todavía no se ha reportado nada por aquí.
page-find-all = Todos los casos de los alrededores
page-find-no-issue = No hay ningún caso con este número. Revíselo o busque una dirección.
