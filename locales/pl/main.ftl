# What people read in mails and on their lock screens.
#
# $category, $place, $watch, $ward and $city are the city's or a person's own words.
# $actor is resident, official, office (of a ward) or system. $place is an address, or the issue's number.

## The subject of a mail and the title of a push: what happened, then where

subject-opened = Nowe zgłoszenie: { $category } – { $place }
subject-updated = Zaktualizowane: { $category } – { $place }
subject-commented = { $actor ->
    [official] Odpowiedź miasta: { $category } – { $place }
    [office] Odpowiedź biura okręgu: { $category } – { $place }
   *[other] Nowy komentarz: { $category } – { $place }
}
subject-voted = { $category }: ktoś z sąsiedztwa też ma ten problem – { $place }
subject-closed = Zamknięte: { $category } – { $place }
subject-reopened = Otwarte ponownie: { $category } – { $place }
subject-moved = Nowe miejsce: { $category } – { $place }
subject-merged = Połączone z innym zgłoszeniem: { $category } – { $place }
subject-hidden = Usunięte z serwisu: { $category } – { $place }
subject-digest = { $rhythm ->
    [weekly] Twój tydzień: { $city } – { $counts }
    [daily] Twój dzień: { $city } – { $counts }
   *[other] Wieści: { $city } – { $counts }
}
subject-confirm = { $city }: potwierdź, że chcesz dostawać wiadomości
subject-fixed = Czy to naprawiono? { $category } – { $place }
subject-stopped = Webhook pod adresem { $host } nie dostaje już wiadomości
subject-sign-in = Twój odnośnik do logowania: { $city }
subject-address = Czy to twój adres? Pyta { $city }
subject-confirm-report = Twoje zgłoszenie { $number } – { $city }

place-number = Nr { $number }
place-ward = Okręg { $ward }, nr { $number }

## What happened, as a word on a label

kind-opened = Nowe
kind-updated = Zaktualizowane
kind-commented = Komentarz
kind-voted = Ja też
kind-closed = Zamknięte
kind-reopened = Otwarte ponownie
kind-moved = Przeniesione
kind-merged = Połączone
kind-hidden = Usunięte z serwisu

## What happened, as a heading over several issues

group-opened = Nowe zgłoszenia
group-updated = Zaktualizowane
group-commented = Nowe komentarze
group-voted = Ten sam problem u sąsiadów
group-closed = Zamknięte
group-reopened = Otwarte ponownie
group-moved = Przeniesione
group-merged = Połączone z innymi zgłoszeniami
group-hidden = Usunięte z serwisu

## How many of each, in a digest's subject

count-opened = { $count ->
    [one] { $count } nowe
    [few] { $count } nowe
    [many] { $count } nowych
   *[other] { $count } nowych
}
count-updated = { $count ->
    [one] { $count } zaktualizowane
    [few] { $count } zaktualizowane
    [many] { $count } zaktualizowanych
   *[other] { $count } zaktualizowanych
}
count-commented = { $count } z komentarzami
count-voted = { $count } z głosami sąsiadów
count-closed = { $count ->
    [one] { $count } zamknięte
    [few] { $count } zamknięte
    [many] { $count } zamkniętych
   *[other] { $count } zamkniętych
}
count-reopened = { $count ->
    [one] { $count } otwarte ponownie
    [few] { $count } otwarte ponownie
    [many] { $count } otwartych ponownie
   *[other] { $count } otwartych ponownie
}
count-moved = { $count ->
    [one] { $count } przeniesione
    [few] { $count } przeniesione
    [many] { $count } przeniesionych
   *[other] { $count } przeniesionych
}
count-merged = { $count ->
    [one] { $count } połączone
    [few] { $count } połączone
    [many] { $count } połączonych
   *[other] { $count } połączonych
}
count-hidden = { $count ->
    [one] { $count } usunięte
    [few] { $count } usunięte
    [many] { $count } usuniętych
   *[other] { $count } usuniętych
}

## What happened, as a line with a date

did-opened = { $actor ->
    [official] Zgłoszone przez miasto
   *[other] Zgłoszone
}
did-updated = { $actor ->
    [official] Zaktualizowane przez miasto
    [office] Zaktualizowane przez biuro okręgu
   *[other] Zaktualizowane
}
did-commented = { $actor ->
    [official] Odpowiedź miasta
    [office] Odpowiedź biura okręgu
   *[other] Komentarz z sąsiedztwa
}
did-voted = Ktoś z sąsiedztwa też ma ten problem
did-closed = { $actor ->
    [official] Zamknięte przez miasto
   *[other] Zamknięte
}
did-reopened = { $actor ->
    [official] Otwarte ponownie przez miasto
   *[other] Otwarte ponownie
}
did-moved = Przeniesione w inne miejsce na mapie
did-merged = Połączone z innym zgłoszeniem tej samej sprawy
did-hidden = Usunięte z serwisu

## Where an issue is in its life

status-received = Otrzymane
status-acknowledged = Przyjęte
status-in-progress = W realizacji
status-on-hold = Wstrzymane
status-closed = Zamknięte

## Dates

weekday-monday = poniedziałek
weekday-tuesday = wtorek
weekday-wednesday = środa
weekday-thursday = czwartek
weekday-friday = piątek
weekday-saturday = sobota
weekday-sunday = niedziela
month = { $month ->
    [1] stycznia
    [2] lutego
    [3] marca
    [4] kwietnia
    [5] maja
    [6] czerwca
    [7] lipca
    [8] sierpnia
    [9] września
    [10] października
    [11] listopada
   *[12] grudnia
}
# $half is am or pm; $hour12 counts 12, 1 … 11; $hour24 is 00 … 23.
clock = { $hour24 }:{ $minute }
# A date of this year, and of another one.
when = { $weekday }, { $day } { $month }, { $clock }
when-year = { $weekday }, { $day } { $month } { $year }, { $clock }

## An issue in a mail

issue-line = Nr { $number } · { $status }
issue-link = Sprawdź, co z tym dalej
link-left-out = [link pominięto]

## Where an issue lies, seen from the middle of an area that the reader watches

# $distance and $direction are those below. These stand within a sentence, too: begin them small.
away = { $distance } { $direction } od środka obszaru „{ $watch }”
away-middle = w samym środku obszaru „{ $watch }”
# What the map in a mail shows, for whoever does not see it. $away is one of the two above.
map-alt = Mapa: { $place }
map-alt-away = Mapa: { $place }, { $away }
direction-north = na północ
direction-northeast = na północny wschód
direction-east = na wschód
direction-southeast = na południowy wschód
direction-south = na południe
direction-southwest = na południowy zachód
direction-west = na zachód
direction-northwest = na północny zachód
distance-m = { $count } m
distance-km = { $count } km
distance-km-tenths = { $whole },{ $tenth } km
distance-ft = { $count ->
    [one] { $count } stopa
    [few] { $count } stopy
    [many] { $count } stóp
   *[other] { $count } stopy
}
distance-mi = { $count ->
    [one] { $count } mila
    [few] { $count } mile
    [many] { $count } mil
   *[other] { $count } mili
}
distance-mi-tenths = { $whole },{ $tenth } mili

## A digest

digest-title = { $rhythm ->
    [weekly] Twój tydzień: { $city }
    [daily] Twój dzień: { $city }
   *[other] Wieści: { $city }
}
digest-lead = { $count ->
    [one] Mamy wieści o jednym zgłoszeniu, które obserwujesz.
    [few] Mamy wieści o { $count } zgłoszeniach, które obserwujesz.
    [many] Mamy wieści o { $count } zgłoszeniach, które obserwujesz.
   *[other] Mamy wieści o { $count } zgłoszeniach, które obserwujesz.
}
digest-more = { $count ->
    [one] a także jeszcze jedno
    [few] a także { $count } inne
    [many] a także { $count } innych
   *[other] a także { $count } innych
}
digest-watches = Z obserwacji: { $watches }

## The question to a reporter whether what was closed is fixed

fixed-title = Czy to naprawiono?
fixed-lead = To twoje zgłoszenie; zamknięto je: { $when }. Jeśli problem nadal istnieje, daj nam znać, a otworzymy je ponownie.
fixed-heading = Twoje zgłoszenie
fixed-yes = Tak, naprawiono
fixed-no = Nie, problem nadal istnieje

## To the owner of a webhook that takes nothing

stopped-title = Webhook został zatrzymany
stopped-preheader = Od kilku dni niczego nie przyjął.
stopped-lead = { $host } nie przyjmuje naszych wiadomości (od: { $when }), więc przestaliśmy je tam wysyłać. Ostatnia próba: „{ $reason }”. Twoje obserwacje pozostają bez zmian, a wiadomości pocztą i w przeglądarce przychodzą nadal. Gdy webhook znów będzie działać, wyślij do niego próbę ze swojej strony; po pierwszej, którą przyjmie, wiadomości znów będą tam trafiać.
stopped-page = Otwórz swoją stronę

## To somebody who wants to sign in

sign-in-title = Logowanie
sign-in-preheader = Odnośnik jest ważny { $minutes } minut.
sign-in-lead = Ktoś, mamy nadzieję, że Ty, chce się zalogować tym adresem. Odnośnik działa raz i jest ważny { $minutes } minut. Jeśli to nie Ty, nic nie rób: bez odnośnika nikt się nie zaloguje.
sign-in-link = Zaloguj się

# To an address that somebody says is theirs, too; and a test to a device.
address-title = Czy ten adres też jest twój?
address-preheader = Wystarczy jedno naciśnięcie, a wiadomości będą przychodzić także na ten adres.
address-lead = Ktoś, mamy nadzieję, że Ty, chce dostawać swoje wiadomości także na ten adres. Jeśli to nie Ty, nic nie rób: nic więcej tu nie wyślemy.
address-link = Tak, jest mój
push-test-title = To urządzenie odbiera wiadomości
push-test-body = To tylko próba. Tak będą tu przychodzić wiadomości o tym, co obserwujesz.

## The question whether anybody answers at a webhook

ping-title = Próba: { $city }
ping-text = Jeśli to widzisz, będą tu przychodzić wiadomości o tym, co obserwujesz.

## Why it came, and the ways out

why-title = Dlaczego to dostajesz
because-watch = Obserwujesz „{ $watch }”.
because-area-ended = Publiczny obszar, którego obrys przejęto, nie jest już publiczny. Zachowujesz jego ostatni obrys.
because-line = Obserwujesz „{ $watch }”. To miejsce leży na granicy okręgu: { $ward }.
stop-watch = Wyłącz e-maile z tej obserwacji
manage = Zmień, co obserwujesz
mute-issue = Wycisz to zgłoszenie
mute-author = Wycisz tę osobę
stop-all = Wyłącz wszystkie e-maile
footer = Tę wiadomość wysyła { $city } na twoją prośbę.
footer-confirm = Tę wiadomość wysyła { $city }, bo ktoś podał twój adres.
footer-sign-in = Tę wiadomość wysyła { $city }, bo ktoś poprosił o zalogowanie twoim adresem.

## A confirmation

confirm-title = Potwierdź swój adres
confirm-lead-area = Dostaliśmy prośbę: { $city } ma cię informować o zgłoszeniach w wybranym obszarze. Jeśli to twoja prośba, potwierdź, że ten adres należy do ciebie.
confirm-lead-wards = { $count ->
    [one] Dostaliśmy prośbę: { $city } ma cię informować o zgłoszeniach w okręgu { $wards }. Jeśli to twoja prośba, potwierdź, że ten adres należy do ciebie.
    [few] Dostaliśmy prośbę: { $city } ma cię informować o zgłoszeniach w okręgach { $wards }. Jeśli to twoja prośba, potwierdź, że ten adres należy do ciebie.
    [many] Dostaliśmy prośbę: { $city } ma cię informować o zgłoszeniach w okręgach { $wards }. Jeśli to twoja prośba, potwierdź, że ten adres należy do ciebie.
   *[other] Dostaliśmy prośbę: { $city } ma cię informować o zgłoszeniach w okręgach { $wards }. Jeśli to twoja prośba, potwierdź, że ten adres należy do ciebie.
}
confirm-lead-issue = Dostaliśmy prośbę: { $city } ma cię informować, co dzieje się ze zgłoszeniem nr { $number }. Jeśli to twoja prośba, potwierdź, że ten adres należy do ciebie.
confirm-lead-report = Dziękujemy za zgłoszenie. Ma ono numer { $number }. Potwierdź, że to twój adres, a { $city } powie ci, co się z nim dzieje.
confirm-button = Tak, chcę wiedzieć
confirm-code = Albo wpisz ten kod tam, gdzie podano adres:
confirm-ignore = Jeśli to nie twoja prośba, zignoruj ten e-mail, a kolejne nie przyjdą.
confirm-preheader = Dotknij, aby potwierdzić, albo wpisz kod { $code }.
confirm-never = Nigdy więcej nie pisz na ten adres

## Buttons on a push message

action-follow = Obserwuj
action-mute = Wycisz
