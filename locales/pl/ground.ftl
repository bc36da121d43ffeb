# The front page, the pages that say the same to everybody, and the foot of all pages.

## The front page

page-find-label = Adres, okręg albo numer zgłoszenia
page-find-button = Szukaj
page-ways = Co możesz zrobić
page-way-watch = Kilka ulic wokół ciebie albo obszar, który narysujesz. Napiszemy, gdy ktoś coś tam zgłosi i gdy to zostanie naprawione.
page-way-ward = Co w nim zgłoszono, i wszystko to pocztą, raz dziennie.
page-way-report-title = Zgłoś problem
page-way-report = Dziura w jezdni, ciemna latarnia, nieodebrane śmieci. To zajmie minutę.
# The gaps are filled by the next two.
page-week = W ostatnich siedmiu dniach: { $reported }, { $closed }
page-week-reported = { $count ->
    [one] jedno nowe zgłoszenie
    [few] { $count } nowe zgłoszenia
    [many] { $count } nowych zgłoszeń
   *[other] { $count } nowego zgłoszenia
}
page-week-closed = { $count ->
    [one] jedno zamknięte
    [few] { $count } zamknięte
    [many] { $count } zamkniętych
   *[other] { $count } zamkniętego
}
page-home-all = Wszystkie zgłoszenia

## The foot of every page

page-foot = O tej stronie
page-foot-access = Dostępność
page-foot-privacy = Prywatność
page-foot-data = Otwarte dane
page-foot-language = Język

## How to reach whoever runs the site

page-contact-title = Napisz do nas
page-contact = Tu nas znajdziesz:
page-contact-none = Ten, kto prowadzi tę stronę, nie podał tu kontaktu. Jak skontaktować się z miastem, mówi jego własna strona.

## Accessibility

page-access-title = Deklaracja dostępności
page-access-lead = Ta strona jest dla wszystkich ({ $city }). Jej celem jest zgodność z wytycznymi WCAG 2.2 na poziomie AA.
page-access-state-title = Na ile jest zgodna
page-access-state = Jest zgodna częściowo: to, co jeszcze nie spełnia wytycznych, wymieniamy niżej.
page-access-limits-title = O czym wiadomo, że nie jest zgodne
page-access-limit-map = Mapa, którą można przesuwać, mówi czytnikowi ekranu niewiele o tym, co pokazuje. To, co na niej jest, stoi też obok jako lista, a to, do czego służy, można zrobić w polach obok.
page-access-limit-words = To, co piszą mieszkańcy, pokazujemy tak, jak napisali. Może być w innym języku niż strona i nie jest to oznaczone.
page-access-limit-hand = Rysowanie obszaru odręcznie wymaga myszy albo palca. Narożniki i koła narysujesz też klawiaturą, a okręg wybierzesz z listy.
page-access-limit-colours = Mapy zachowują swoje kolory, gdy system narzuca inne, bo inaczej nie dałoby się odróżnić ich części.
page-access-made-title = Z czego jest zrobiona
page-access-made = HTML, CSS, SVG i WAI-ARIA. JavaScript dodaje mapy i powiadomienia na urządzeniu; czytać, obserwować i rezygnować można bez niego.
page-access-checked-title = Jak to sprawdzono
page-access-checked = Zrobili to twórcy Wardwatch, nikt z zewnątrz: każda strona programem axe-core, w jasnych i ciemnych kolorach, na telefonie i na komputerze, przy 320 pikselach, a drogi przez stronę samą klawiaturą. Ta deklaracja należy do wersji { $version }.
page-access-tell = Coś ci przeszkadza? Napisz, na której stronie i czym ją czytasz.
page-access-further = Jeśli nasza odpowiedź nie pomoże, prawo miejsca, w którym mieszkasz, mówi, kto przyjmuje skargi na brak dostępności.

## Privacy

page-privacy-title = Prywatność
page-privacy-lead = Co ta strona o tobie przechowuje, jak długo, kto to widzi i jak to usunąć.
page-privacy-what-title = Co przechowujemy
page-privacy-watcher = Gdy coś obserwujesz: twój adres e-mail albo adres przeglądarki do powiadomień, co obserwujesz, o czym i kiedy chcesz wiedzieć, twój język i to, co ci wysłaliśmy.
page-privacy-area = To, gdzie coś obserwujesz, jest tylko twoje, chyba że udostępnisz obszar wszystkim pod jakąś nazwą. Poza tym nie ma tego na żadnej liście, w żadnym kanale ani dzienniku, ani na niczyjej stronie.
page-privacy-public = Obrys i nazwę obszaru, który udostępnisz, widzą wszyscy. Czyj on jest, nikt się nie dowiaduje.
page-privacy-reporter = Gdy coś zgłaszasz albo komentujesz: treść i miejsce, które mogą zobaczyć wszyscy. Twojego adresu nie pokazujemy. Przechowujemy go, żeby napisać ci, co się z tym stało.
page-privacy-pictures = Ze zdjęć i filmów to, co na nich widać. Wszystko, co aparat ukrywa w pliku, jak miejsce i czas, jest usuwane przed zapisaniem. Wszyscy mogą je zobaczyć.
page-privacy-answers = Odpowiedzi, o które zgłoszenie pyta poufnie: czytają je tylko pracownicy miasta.
page-privacy-devices = Twoje urządzenia, które pokazują powiadomienia, według przeglądarki i systemu, jak „Firefox na Androidzie”, żeby dało się je odróżnić. Nikt inny tego nie widzi.
page-privacy-feed = Każda obserwacja ma prywatny kanał pod adresem, którego nikt nie odgadnie. Komu go dasz, ten przeczyta wszystko, o czym ta obserwacja powiadamia. Kończy się razem z nią.
page-privacy-traffic = Nie zapisujemy, kto ogląda którą stronę. Jak często ktoś pyta, liczymy przez chwilę, przeciw nadużyciom. Kto prowadzi serwery przed tą stroną, może mieć własne zapisy.
page-privacy-long-title = Jak długo
page-privacy-unanswered = { $count ->
    [one] Adres, który się nie potwierdzi, zapominamy po jednym dniu.
    [few] Adres, który się nie potwierdzi, zapominamy po { $count } dniach.
    [many] Adres, który się nie potwierdzi, zapominamy po { $count } dniach.
   *[other] Adres, który się nie potwierdzi, zapominamy po { $count } dnia.
}
page-privacy-keep = { $count ->
    [one] To, co ci wysłaliśmy, usunięte obserwacje i osoby, które już nic nie obserwują, zapominamy po jednym dniu.
    [few] To, co ci wysłaliśmy, usunięte obserwacje i osoby, które już nic nie obserwują, zapominamy po { $count } dniach.
    [many] To, co ci wysłaliśmy, usunięte obserwacje i osoby, które już nic nie obserwują, zapominamy po { $count } dniach.
   *[other] To, co ci wysłaliśmy, usunięte obserwacje i osoby, które już nic nie obserwują, zapominamy po { $count } dnia.
}
page-privacy-keep-all = To, co ci wysłaliśmy, przechowujemy, aż usuniesz wszystko o sobie.
page-privacy-issues = Zgłoszenia i komentarze zostają. Gdy usuniesz wszystko o sobie, nic już nie powie, że są od ciebie.
page-privacy-never = Adres, na który mamy nigdy nie pisać, przechowujemy, sam jeden, aby tak pozostało.
page-privacy-who-title = Kto to widzi
page-privacy-who = Ci, którzy prowadzą tę stronę ({ $city }). Żeby do ciebie dotrzeć, e-mail przechodzi przez serwery pocztowe, a powiadomienie przez usługę twórcy twojej przeglądarki, która nie może go przeczytać.
page-privacy-third = Nie ma reklam i nikt nie mierzy odwiedzin.
page-privacy-addresses-ours = Adresy, które wpisujesz, są szukane na tej stronie. Nikt inny ich nie poznaje.
# $host is the service that is asked for addresses.
page-privacy-addresses-theirs = Adres, który wpiszesz, a którego ta strona sama nie zna, jest wysyłany do { $host }, by go znaleźć: przez ten serwer i bez twojego adresu internetowego.
page-privacy-maps-none = Mapy rysujemy z własnych danych tej strony. Nikt inny nie dowie się, co oglądasz.
page-privacy-maps-ours = Mapy pochodzą z własnego serwera tej strony. Nikt inny nie dowie się, co oglądasz.
page-privacy-maps-theirs = Mapy, które można przesuwać, wczytują tło z serwera { $host }. Ta usługa poznaje twój adres internetowy i to, którą część mapy oglądasz. Strony bez takiej mapy niczego stamtąd nie wczytują.
page-privacy-cookies-title = Ciasteczka
page-privacy-cookie-session = „wardwatch” zapisujemy, gdy potwierdzasz albo się logujesz. Mówi tej stronie, i żadnej innej, kim jesteś, przez 90 dni.
page-privacy-cookie-lang = „lang” zapisujemy, gdy na dole strony wybierasz język. Zostaje na rok.
page-privacy-cookie-rest = Innych nie ma.
page-privacy-mine-title = Zobacz, weź, usuń
page-privacy-mine = Na stronie tego, co obserwujesz, możesz to zmienić, pobrać wszystko, co o tobie przechowujemy, albo usunąć to od razu w całości.

## Open data

page-data-title = Otwarte dane
page-data-lead = To, co pokazują strony, może wziąć każdy: bez klucza i bez zapisywania się.
page-data-ways = Jak je dostać
page-data-geojson = Zgłoszenia na mapie
page-data-csv = Zgłoszenia do arkusza
page-data-json = Zgłoszenia dla programu
page-data-boundaries = Granice okręgów i wszystkiego, co jeszcze wczytano
page-data-stream = To, co się dzieje, na bieżąco (server-sent events)
page-data-filters-title = Tylko część
page-data-filters = Trzy listy zgłoszeń przyjmują te same filtry, także razem. Jedna odpowiedź nie zawiera wszystkich: jej nagłówek Link prowadzi do reszty.
page-data-filter-ward = Jeden okręg
page-data-filter-status = Co jest otwarte
page-data-filter-updated = Co zmieniło się od danej chwili
page-data-filter-bbox = Co leży w prostokącie: zachód, południe, wschód, północ
page-data-not = Nie ma w nich tego, kto coś zgłosił, kto obserwuje i gdzie.
page-data-license-title = Licencja
page-data-license = Dane są na tej licencji:
page-data-license-none = Miasto nie podało tu licencji swoich danych. Zapytaj, zanim je opublikujesz.
