# Addresses: the field for one, and what is found.

page-place-label = Adres lub skrzyżowanie
page-place-hint = Na przykład 1200 W Addison St albo State i Madison
page-place-find = Znajdź adres
page-place-which = O które miejsce chodzi?
page-place-choose = Wybierz jedno ze znalezionych miejsc.
page-place-empty = Wpisz adres lub skrzyżowanie.
page-place-none = Nie znamy takiego adresu. Sprawdź pisownię albo wpisz najbliższe skrzyżowanie: dwie ulice ze znakiem „&” między nimi.
page-place-street = Znamy tę ulicę, ale nie wiemy, o które miejsce na niej chodzi. Dodaj numer domu, który na niej jest, albo ulicę, która ją przecina.
page-place-unreachable = Nie można teraz szukać adresów. Spróbuj ponownie za chwilę.
# $whom is the name of a service, like “© OpenStreetMap”.
page-place-credit = Znalezione przez: { $whom }
page-find-title = Znajdź adres, okręg lub zgłoszenie
page-find-watch = Obserwuj, co dzieje się w okolicy
page-find-report = Zgłoś coś w tym miejscu
page-find-around = Ostatnio w okolicy: { $place }
page-find-none = Nikt jeszcze niczego tu nie zgłosił.
page-find-all = Wszystkie zgłoszenia z okolicy
page-find-no-issue = Nie ma zgłoszenia o tym numerze. Sprawdź go albo poszukaj adresu.
