# Looking around: the list with its map, feeds, and the page that others frame.

page-browse-count = { $count ->
    [one] Jedno zgłoszenie
    [few] { $count } zgłoszenia
    [many] { $count } zgłoszeń
   *[other] { $count } zgłoszenia
}
page-browse-count-more = { $count ->
    [one] Ponad jedno zgłoszenie
    [few] Ponad { $count } zgłoszenia
    [many] Ponad { $count } zgłoszeń
   *[other] Ponad { $count } zgłoszenia
}
# $found is the sentence of page-browse-count.
page-browse-count-among = { $found } wśród { $count } najnowszych
page-browse-choose = Wybierz, co pokazać
page-browse-chosen = Pokazujemy tylko
page-browse-without = usuń
page-browse-any-ward = Wszystkie okręgi
page-browse-status = Stan
page-browse-any-status = Każdy stan
page-browse-open = Otwarte
page-browse-within = Zgłoszone
page-browse-any-time = Kiedykolwiek
page-browse-days = { $count ->
    [one] W ciągu ostatnich 24 godzin
    [few] W ciągu ostatnich { $count } dni
    [many] W ciągu ostatnich { $count } dni
   *[other] W ciągu ostatnich { $count } dnia
}
page-browse-sort = Kolejność
page-browse-newest = Najpierw najnowsze
page-browse-votes = Najpierw z największą liczbą głosów
page-browse-longest = Najpierw najdłużej otwarte
page-browse-words = Słowa
page-browse-words-hint = W opisie albo adresie, albo numer zgłoszenia
# $words is what somebody typed.
page-browse-said = „{ $words }”
page-browse-here = Tylko ta część mapy
page-browse-show = Pokaż
page-browse-all = Zobacz wszystkie zgłoszenia
page-browse-all-here = Zobacz wszystkie zgłoszenia w tym okręgu
page-browse-watch = Obserwuj to, co widzisz
page-browse-list-here = Lista tego, co pokazuje mapa
page-browse-first = Wróć na początek listy
page-browse-older = Starsze zgłoszenia
page-browse-more = Więcej zgłoszeń
page-browse-further = Szukaj dalej
page-browse-nothing = Nic nie pasuje do tego wszystkiego. Usuń jeden z filtrów albo obserwuj, a damy znać, gdy coś się pojawi.
page-browse-nothing-yet = Nic wśród przejrzanych dotąd zgłoszeń. Szukaj dalej albo usuń jeden z filtrów.
page-browse-map = Mapa zgłoszeń z listy
page-browse-take = Zabierz to ze sobą
page-browse-feeds = Jako kanał:
page-browse-embed = Umieść to na swojej stronie
page-browse-embed-code = Skopiuj to na stronę
page-browse-embed-look = Zobacz, jak to wygląda
page-browse-wrong-category = Zaznacz najwyżej 50 kategorii albo żadnej, żeby zobaczyć wszystkie.
page-browse-wrong-status = Nie ma takiego stanu. Wybierz jeden z listy.
page-browse-wrong-words = Szukaj najwyżej 200 znaków. Skróć to.
page-browse-wrong-bbox = Nie da się odczytać tej części mapy. Usuń ją albo wybierz ją na mapie od nowa.
page-browse-wrong-within = Wybierz liczbę dni z listy.
page-browse-wrong-sort = Nie ma takiej kolejności. Wybierz jedną z listy.
page-browse-wrong-longest = To, co zamknięte, już nie czeka. Wybierz otwarte zgłoszenia albo inną kolejność.
page-browse-wrong-cursor = Ten link jest ucięty. To jest początek listy.
page-embed-title = Zgłoszenia: { $city }
page-embed-all = Zobacz wszystkie i zgłoś coś
page-feed-title = Jako kanał
page-feed-hint = Dla własnego czytnika albo kalendarza. Kto ma link, może go czytać, więc zachowaj go dla siebie. Kończy się razem z obserwacją.
page-feed-issues = Zgłoszenia
page-feed-mine = To, co obserwujesz
