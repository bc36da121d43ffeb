# What belongs to one person: what they were told, how they are reached, their areas.

page-device = { $browser }, { $system }
page-device-unknown = Przeglądarka, która nie podaje swojej nazwy
page-confirm-device = Wiadomości dostanie też przeglądarka, w której o to poproszono: { $device }. Naciśnij przycisk tylko wtedy, gdy jest twoja.

## What somebody was told

page-inbox-title = Twoje wiadomości
page-inbox-all-seen = Wszystko jest już przejrzane.
page-inbox-unread-count = { $count ->
    [one] Jest jedna nowa.
    [few] Są { $count } nowe.
    [many] Jest { $count } nowych.
   *[other] Jest { $count } nowych.
}
page-inbox-seen = Oznacz wszystko jako przejrzane
page-inbox-did-seen = Oznaczono jako przejrzane.
page-inbox-new = Nieprzeczytane
page-inbox-waits = Czeka na następny przegląd
page-inbox-due = Przyjdzie: { $when }.
page-inbox-more = { $count ->
    [one] I jeszcze jedno.
    [few] I jeszcze { $count }.
    [many] I jeszcze { $count }.
   *[other] I jeszcze { $count }.
}
page-inbox-empty = Nie było jeszcze żadnych wiadomości. To, co przyjdzie pocztą lub na urządzenie, będzie też tutaj.
page-inbox-older = Starsze
page-inbox-mute = Wycisz
page-inbox-day = { $weekday }, { $day } { $month }
page-inbox-day-year = { $weekday }, { $day } { $month } { $year }
page-inbox-because = Bo obserwujesz: { $watches }.
page-inbox-area = twój obszar „{ $watch }”
page-inbox-watch = „{ $watch }”
page-inbox-digest = W przeglądzie
page-inbox-by = { $by ->
    [mail] pocztą
    [push] na urządzeniu
   *[webhook] przez webhook
}
page-inbox-not-by = { $by ->
    [mail] jeszcze nie pocztą
    [push] jeszcze nie na urządzeniu
   *[webhook] jeszcze nie przez webhook
}

## The account of whoever has signed in

page-account-title = Twoje konto
page-account-mails = Adresy e-mail
page-account-devices = Urządzenia
page-account-no-devices = Żadne urządzenie nie pokazuje jeszcze wiadomości.
page-account-webhooks = Webhooki
page-account-since = Od: { $when }
page-account-waits = Czeka na odpowiedź na nasz e-mail
page-account-stopped = Nie piszemy już na ten adres, bo nasze e-maile wracały. Na stronie z tym, co obserwujesz, możesz to wznowić.
page-account-gone = Pod tym adresem nie da się już nikogo zastać
page-account-never = Nigdy tam nie piszemy, bo stamtąd o to poproszono
page-account-fails = Obecnie niczego nie przyjmuje
page-account-ask = Wyślij pytanie jeszcze raz
page-account-forget = Usuń
page-account-test = Wyślij próbę
page-account-add-mail = Kolejny adres e-mail
page-account-add-hint = Najpierw zapytamy pod tym adresem. Adresu, na który już przychodzą osobne wiadomości, nie pytamy: zaloguj się nim i najpierw usuń go tam.
page-account-add = Dodaj
page-account-add-device = Dodaj to urządzenie
page-account-did-ask = Jeśli ten adres można zapytać, e-mail jest już w drodze. Otwórz link, który w nim jest.
page-account-did-forget = Usunięto.
page-account-did-add = To urządzenie zostało dodane.
page-account-did-test = Próba jest w drodze na urządzenie.
page-account-out-here = Wyloguj się tutaj
page-account-out-everywhere = Wyloguj się wszędzie
page-account-out-hint = W każdej przeglądarce trzeba będzie zalogować się od nowa. Linki w naszych e-mailach nadal działają.
page-wrong-last-way = Nie ma innej drogi, by do ciebie dotrzeć ani by się zalogować. Najpierw dodaj inny adres albo usuń wszystko o tobie.
page-wrong-contacts-many = Masz już wiele adresów i urządzeń. Najpierw usuń któreś z nich.
page-wrong-others-device = To urządzenie pokazuje wiadomości innej osoby. Najpierw je zakończ.
page-contact-ask-title = Czy ten adres też jest twój?
page-contact-lead = Ktoś, kto się zalogował, twierdzi, że { $address } to jego adres, i chce tam też dostawać wiadomości.
page-contact-button = Tak, jest mój
page-contact-done-title = Adres został dodany
page-contact-done = Od teraz wiadomości przychodzą też na { $address }.

## The area of a watch, and areas that everybody may see

page-area-change = Zmień obszar
page-area-title = Obszar obserwacji „{ $watch }”
page-area-did-change = Obszar został zmieniony.
page-area-did-nothing = Obszar jest taki, jaki był: nic w nim nie zmieniono.
page-area-own = Ma teraz obrys obszaru „{ $name }”. Jeśli narysujesz inny, przestanie za nim podążać.
page-area-seen = Wszyscy widzą go jako „{ $name }”. Kto go obserwuje, dostanie nowy obrys.
page-area-follows = Ma obrys publicznego obszaru „{ $name }”. Gdy tamten się zmienia, zmienia się i ten.
page-area-ended = Publiczny obszar, za którym podążał, nie jest już publiczny. Zostaje ostatni obrys.
page-area-public = Wszyscy mogą widzieć i obserwować ten obszar jako „{ $name }”.
page-area-held = Nazwa „{ $name }” pojawi się, gdy przeczyta ją ktoś z miasta.
page-area-dismissed = Miasto nie pokazuje nazwy „{ $name }”. Wybierz inną albo zostaw obszar prywatny.
page-public-title = Pozwól innym widzieć i obserwować ten obszar
page-public-change = Zmień nazwę publiczną albo ustaw jako prywatny
page-public-lead = Twoja obserwacja „{ $watch }” pozostaje twoja. Jej obszar dostanie własną stronę.
page-public-what = Co staje się publiczne
page-public-seen = Wszyscy widzą obrys obszaru i nazwę, którą tu podasz. Kto zgłosi w nim problem, może przeczytać, że obszar jest obserwowany pod tą nazwą.
page-public-not-seen = Nikt nie widzi, kim jesteś, jak go u siebie nazywasz, jakich wiadomości chcesz ani kto go obserwuje.
page-public-middle = Ten obszar narysowano wokół jednego miejsca. Kto go widzi, znajdzie jego środek. Jeśli to twój dom, narysuj najpierw inny obszar.
page-public-followers = W każdej chwili możesz znów ustawić go jako prywatny. Kto go wtedy obserwuje, zachowa ostatni obrys.
page-public-name = Nazwa publiczna
page-public-hint = Na przykład „Przyjaciele Palmer Square”. Najwyżej 60 znaków, bez linków.
page-public-button = Ustaw jako publiczny
page-public-end = Ustaw jako prywatny
page-public-page = Zobacz jego stronę
page-public-did-show = Teraz wszyscy widzą ten obszar.
page-public-did-wait = Miasto najpierw przeczyta nazwę; potem wszyscy zobaczą obszar.
page-public-did-end = Obszar jest znów prywatny.
page-wrong-public-none = Podaj nazwę z co najmniej dwiema literami.
page-wrong-public-long = Nazwa ma najwyżej 60 znaków. Skróć ją.
page-wrong-public-link = Pomiń linki i adresy.
page-wrong-public-signs = Usuń znaki, których nie widać albo które zmieniają kierunek czytania.
page-wrong-public-many = Masz już pięć publicznych obszarów. Najpierw ustaw któryś jako prywatny.
page-areas-title = Obszary do obserwowania
page-areas-lead = Sąsiedzi pozwalają wszystkim widzieć i obserwować te obszary.
page-areas-none = Nikt nie ustawił jeszcze obszaru jako publiczny.
page-areas-hint = Dostaniesz własną obserwację z codziennym przeglądem. Gdy obszar zostanie narysowany na nowo, twój też się zmieni; gdy przestanie być publiczny, zachowasz ostatni obrys.
page-areas-ask = Wiadomości z tego obszaru
page-areas-follow = Obserwuj ten obszar
page-areas-follows = Obserwujesz ten obszar.
page-areas-did-follow = Teraz obserwujesz ten obszar.
