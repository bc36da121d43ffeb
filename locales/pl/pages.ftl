# The pages that a mail's links lead to. $watch is a person's own name for a watch.

page-skip = Przejdź do treści
page-what = Wardwatch mówi mieszkańcom, co dzieje się w ich sąsiedztwie.
page-home-link = Zobacz najnowsze zgłoszenia
page-front-link = Na stronę główną

## When something is wrong

page-error-link-title = Ten link nie działa
page-error-link-lead = Może jest ucięty albo to, do czego prowadził, zostało usunięte. Otwórz najnowszy e-mail od nas i użyj całego linku.
page-error-nothing-title = Tu nic nie ma
page-error-nothing-lead = Sprawdź adres albo zacznij od strony głównej.
page-error-off-title = To zostało usunięte z serwisu
page-error-off-lead = Już tego nie pokazujemy.
page-error-busy-title = Przepraszamy, to było za dużo naraz
page-error-busy-lead = Nic się nie zmieniło. Spróbuj ponownie za kilka minut.
page-error-form-title = Nie udało się tego zrobić
page-error-form-lead = Nic się nie zmieniło. Wróć na stronę i spróbuj na niej jeszcze raz.
page-error-ours-title = Przepraszamy, coś u nas nie działa
page-error-ours-lead = Błąd odnotowano. Spróbuj ponownie później.

## Confirming

page-confirm-title = Chcesz dostawać wiadomości?
page-confirm-lead = Obserwacja „{ $watch }” zacznie się, gdy naciśniesz przycisk.
page-confirm-button = Tak, chcę wiedzieć
page-confirm-ignore = Jeśli to nie twoja prośba, zamknij tę stronę. Nic nie wyślemy.
page-confirmed-title = Już obserwujesz
page-confirmed-lead = Obserwacja „{ $watch }” jest włączona.
page-confirmed-issue = Wróć do zgłoszenia { $number }
page-confirmed-already = Obserwacja „{ $watch }” jest już włączona. Nic więcej nie trzeba robić.

## Stopping

page-stop-title = Nie chcesz już wiadomości?
page-stop-lead = { $count ->
    [one] Ta obserwacja się skończy, a jej obszar usuniemy:
    [few] Te { $count } obserwacje się skończą, a ich obszary usuniemy:
    [many] Tych { $count } obserwacji się skończy, a ich obszary usuniemy:
   *[other] Tych { $count } obserwacji się skończy, a ich obszary usuniemy:
}
page-stop-button = Zakończ tę obserwację
page-stop-all-button = Zakończ wszystkie
page-ended-title = Gotowe. Nie będzie już wiadomości.
page-ended-lead = { $count ->
    [one] Zakończono jedną obserwację.
    [few] Zakończono { $count } obserwacje.
    [many] Zakończono { $count } obserwacji.
   *[other] Zakończono { $count } obserwacji.
}
page-one-ended-title = Gotowe. O tym nie będzie już wiadomości.
page-one-ended-before = Ta obserwacja była już zakończona.
page-rest-title = Nadal obserwujesz
page-never-title = Nie chcesz już nigdy naszych wiadomości?
page-never-hint = Wszystkie twoje obserwacje się skończą, a na ten adres nigdy więcej nic nie wyślemy, bez względu na to, kto go wpisze.
page-never-button = Nigdy więcej nie pisz na ten adres
page-never-ask-title = Nigdy więcej nie pisać na ten adres?
page-never-ask-lead = Ktoś podał ten adres, aby dostawać wiadomości o zgłoszeniach. Jeśli naciśniesz przycisk, nic więcej na niego nie wyślemy, bez względu na to, kto go wpisze.
page-never-ask-ignore = Jeśli nic nie zrobisz, też nic więcej nie przyjdzie, dopóki ktoś znowu nie poda tego adresu.
page-silenced-title = Na ten adres nigdy nie piszemy
page-silenced-lead = Nic na niego nie wyślemy, bez względu na to, kto go wpisze. Obserwacje dla tego adresu są zakończone.
page-allow-title = Chcesz to zmienić?
page-allow-hint = Wtedy możesz zapisać się ponownie. Nic nie zacznie się samo.
page-allow-button = Zezwól znowu na e-maile
page-allowed-title = E-maile są znowu dozwolone
page-allowed-lead = Gdy ktoś zapisze się z tym adresem, najpierw zapytamy cię o zgodę.
page-nothing-title = Nie ma już czego kończyć
page-nothing-lead = Niczego teraz nie obserwujesz.

## Changing

page-manage-title = Co obserwujesz
page-manage-link = Zobacz i zmień wszystko, co obserwujesz
# $what is one of the next sentences, and $how one of those of page-rhythm.
page-what-and-how = { $what }. { $how }
# $what is a number of a ward or an issue.
page-target-area = Obszar
page-target-ward = Okręg { $what }
page-target-home = Okręg twojego adresu, teraz { $what }
page-target-home-none = Okręg twojego adresu; teraz adres nie leży w żadnym
page-target-layer = { $what }
page-target-issue = Zgłoszenie nr { $what }
page-target-issue-gone = Zgłoszenie usunięte z serwisu
page-rhythm-at_once = Dajemy znać od razu.
page-rhythm-hourly = Dajemy znać raz na godzinę, gdy jest coś nowego.
page-rhythm-daily = Co dzień dostajesz podsumowanie.
page-rhythm-weekly = Co tydzień dostajesz podsumowanie.
page-paused = Wstrzymana: nic nie wysyłamy.
page-unconfirmed = Czeka na twoje potwierdzenie przez link w naszym e-mailu.
page-pause = Wstrzymaj
page-resume = Wznów
page-stop = Zakończ
page-did-pause = Wstrzymano. Nic nie wyślemy, dopóki nie wznowisz tej obserwacji.
page-did-resume = Wznowiono. Znowu dajemy znać.
page-did-stop = Zakończono i usunięto.
page-did-change = Zapisano.
page-wrong-title = Nie udało się tego zapisać. Nic się nie zmieniło.
page-wrong-name = Nazwa ma od 1 do 80 znaków.
page-wrong-road = Wybierz e-mail, powiadomienia albo jedno i drugie. Możesz też wstrzymać obserwację.
page-wrong-kinds = Zaznacz przynajmniej jedną rzecz, o której chcesz wiedzieć.
page-wrong-many = Można podać najwyżej 50 wierszy słów i 100 kategorii.
page-wrong-hour = Wybierz godzinę w każdym polu. Albo w obu polach nie wybieraj żadnej.
page-wrong-day = Wybierz dzień tygodnia.
page-wrong-quiet = Godziny ciszy zaczynają się i kończą o różnych porach. Jeśli nie chcesz żadnych wiadomości, wybierz dzień, do którego nic nie wyślemy.
page-wrong-pause = Wybierz dzień w przyszłości, najdalej za rok.
page-wrong-language = Wybierz jeden z języków.
page-wrong-long = Wiersz słów ma najwyżej 100 znaków.
page-habits-title = Kiedy do ciebie piszemy
page-habits-paused = Nic nie wysyłamy. Koniec przerwy: { $when }.
page-habits-language = Język
page-habits-hour = Godzina dziennych i tygodniowych podsumowań
page-habits-day = Dzień tygodniowych podsumowań
page-habits-quiet = Godziny ciszy
page-habits-quiet-hint = To, co wydarzy się w tym czasie, przyjdzie razem, gdy te godziny się skończą.
page-habits-from = Od
page-habits-to = Do
page-habits-none = Brak
page-habits-pause = Nic mi nie wysyłaj do dnia
page-habits-pause-hint = To, co już na ciebie czeka, jeszcze przyjdzie. Tego, co wydarzy się w przerwie, nie zachowamy. Zostaw puste, aby dostawać wiadomości.
page-habits-save = Zapisz, kiedy piszemy
page-change = Zmień
page-change-name = Nazwa
page-change-rhythm = Jak szybko
page-change-kinds = O czym chcesz wiedzieć
page-change-categories = Tylko te kategorie
page-change-categories-hint = Nie zaznaczaj żadnej, jeśli chcesz wiedzieć o wszystkich.
page-change-include = Tylko gdy zgłoszenie zawiera coś z tej listy
page-change-exclude = Nigdy, gdy zgłoszenie zawiera coś z tej listy
page-change-words-hint = Po jednym w wierszu: słowo albo słowa, które stoją obok siebie. Zostaw puste, jeśli to nie ma znaczenia.
page-change-save = Zapisz
page-kind-opened = Nowe zgłoszenia
page-kind-updated = Zmiany w zgłoszeniu
page-kind-commented = Komentarze
page-kind-voted = Ten sam problem u sąsiadów
page-kind-closed = Zamknięte zgłoszenia
page-kind-reopened = Zgłoszenia otwarte ponownie
page-kind-moved = Zgłoszenia przeniesione w inne miejsce
page-kind-merged = Zgłoszenia połączone z innym
page-mute-title = Wyciszyć to zgłoszenie?
page-mute-lead = Żadna z twoich obserwacji nie da o nim znać, cokolwiek się stanie. Wszystko inne, co obserwujesz, zostaje bez zmian.
page-mute-button = Wycisz to zgłoszenie
page-unmute-title = To zgłoszenie jest wyciszone
page-unmute-lead = Żadna z twoich obserwacji nie daje o nim znać.
page-unmute-button = Cofnij wyciszenie
page-did-go-on = Gotowe. Znowu piszemy na ten adres.
page-did-test = Próba jest w drodze. Jeśli webhook ją przyjmie, przy następnym wejściu tej informacji już nie będzie.
page-stilled-title = Nie piszemy już na adres { $address }
page-stilled-suspended = Kilka naszych e-maili na ten adres wróciło do nas, więc przestaliśmy je wysyłać. Skrzynka znowu działa? Naciśnij przycisk.
page-stilled-gone = Serwer poczty odpowiada, że tego adresu nie ma albo że nie przyjmuje już e-maili. Aby znowu dostawać wiadomości, zapisz się jeszcze raz z adresem, który działa.
page-stilled-never = Ktoś, kto czyta pocztę pod tym adresem, poprosił, abyśmy nigdy więcej nie pisali, albo oznaczył nasz e-mail jako spam. Można to cofnąć linkiem do rezygnacji ze wszystkiego, który jest na końcu każdego naszego e-maila.
page-stilled-button = Piszcie znowu na ten adres
page-stilled-webhook = Twój webhook pod tym adresem od kilku dni niczego nie przyjął albo poprosił, by przestać, więc przestaliśmy wysyłać tam wiadomości. Znów działa? Wyślij do niego próbę: po pierwszej, którą przyjmie, wiadomości znów będą tam trafiać.
page-stilled-test = Wyślij do niego próbę
page-did-mute = Wyciszono. Nie damy już znać o tym zgłoszeniu.
page-did-unmute = Cofnięto wyciszenie. Znowu damy znać o tym zgłoszeniu.
page-muted-title = Wyciszone zgłoszenia
page-muted-change = Zgłoszenie nr { $number }: cofnij wyciszenie
page-mute-author-title = Wyciszyć tę osobę?
page-mute-author-said = Jej komentarz:
page-mute-author-lead = Żadna z twoich obserwacji nie da znać o tym, co pisze ta osoba, niezależnie od zgłoszenia. Jej komentarze nadal są na stronach zgłoszeń.
page-mute-author-button = Wycisz tę osobę
page-unmute-author-title = Ta osoba jest wyciszona
page-unmute-author-lead = Żadna z twoich obserwacji nie daje znać o tym, co pisze ta osoba.
page-unmute-author-button = Cofnij wyciszenie tej osoby
page-did-mute-author = Wyciszono. Nie damy już znać o komentarzach tej osoby.
page-did-unmute-author = Cofnięto wyciszenie. Znowu damy znać o komentarzach tej osoby.
page-muted-authors-title = Osoby, których komentarze są wyciszone
page-stop-one-title = Zakończyć obserwację „{ $watch }”?
page-stop-one-lead = Skończy się na dobre, a jej obszar usuniemy. Jeśli potrzebujesz tylko przerwy, wstrzymaj ją.
page-stop-one-back = Zostaw ją

## What to expect of a watch before it is made

page-expect-weekly = { $count ->
    [one] Około jednego na tydzień
    [few] Około { $count } na tydzień
    [many] Około { $count } na tydzień
   *[other] Około { $count } na tydzień
}
page-expect-few = { $count ->
    [one] Jedno w ostatnich czterech tygodniach
    [few] { $count } w ostatnich czterech tygodniach
    [many] { $count } w ostatnich czterech tygodniach
   *[other] { $count } w ostatnich czterech tygodniach
}
page-expect-none = Nic w ostatnich czterech tygodniach
page-expect-unknown = Za wcześnie, żeby to powiedzieć: wiadomości są tu od mniej niż tygodnia

## Whoever reported something says whether it is fixed

page-fixed-title = Czy to naprawiono?
page-fixed-lead = To twoje zgłoszenie i zostało zamknięte. Jeśli problem nadal istnieje, zgłoszenie otworzymy ponownie.
page-fixed-yes = Tak, naprawiono
page-fixed-no = Nie, otwórz ponownie
page-fixed-words = Problem nadal istnieje? Jeśli chcesz, napisz, co widzisz. Te słowa pokażemy przy zgłoszeniu.
page-fixed-thanks-title = Dziękujemy
page-fixed-thanks-lead = Dobrze wiedzieć, że sprawa jest załatwiona.
page-fixed-again-title = Zgłoszenie jest znów otwarte
page-fixed-again-lead = Dowiedzą się o tym wszyscy, którzy je obserwują, a ty – gdy coś się zmieni.
page-fixed-open-title = Zgłoszenie jest otwarte
page-fixed-open-lead = To zgłoszenie nie jest teraz zamknięte, więc nie ma jeszcze na co odpowiadać.

## All that is stored about a person

page-mine-title = Co o tobie przechowujemy
page-mine-download = Pobierz wszystko, co o tobie przechowujemy
page-mine-delete = Usuń wszystko o tobie
page-leave-title = Usunąć wszystko o tobie?
page-leave-lead = Nie będzie już od nas wiadomości. Twoje adresy, twoje ustawienia i to, co ci wysłaliśmy, usuniemy na dobre, a linki w naszych e-mailach przestaną działać.
page-leave-watches = { $count ->
    [one] Ta obserwacja się skończy, a jej obszar usuniemy:
    [few] Te { $count } obserwacje się skończą, a ich obszary usuniemy:
    [many] Tych { $count } obserwacji się skończy, a ich obszary usuniemy:
   *[other] Tych { $count } obserwacji się skończy, a ich obszary usuniemy:
}
page-leave-stays = Twoje zgłoszenia zostaną na stronie, ale nic już nie powie, że są od ciebie.
page-leave-silenced = Na jeden z twoich adresów mamy nigdy nie pisać. Zachowamy tylko ten adres, aby tak pozostało.
page-leave-button = Usuń wszystko
page-leave-back = Zostaw wszystko
page-left-title = Wszystko o tobie usunięto
page-left-lead = Niczego więcej nie wyślemy. Aby kiedyś znowu dostawać wiadomości, zapisz się tak jak za pierwszym razem.

## Issues

page-home-title = Najnowsze zgłoszenia
page-home-empty = Nie ma jeszcze żadnych zgłoszeń.
page-timeline = Co się wydarzyło
page-where = Gdzie
page-where-unknown = Nie znamy tego miejsca, więc nie dowie się o tym nikt, kto obserwuje jakieś miejsce.
page-ward = Okręg
page-reported = Zgłoszono
page-official = Oficjalnie
page-votes = { $count ->
    [one] Ten problem ma też jedna osoba z sąsiedztwa
    [few] Ten problem mają też { $count } osoby z sąsiedztwa
    [many] Ten problem ma też { $count } osób z sąsiedztwa
   *[other] Ten problem ma też { $count } osoby z sąsiedztwa
}
page-map = Mapa: { $place }
page-wards = Okręg { $wards }

## Caught mail, for developers

page-mailbox-title = Przechwycone e-maile
page-mailbox-lead = Te e-maile zapisano w folderze i nie wysłano ich. Najnowsze na górze, najwyżej 200.
page-mailbox-empty = Jeszcze nie ma żadnych.
page-mailbox-to = do: { $address }

## Strona

page-nav = Główne
page-nav-watch = Obserwuj
page-nav-report = Zgłoś
page-nav-issues = Zgłoszenia
page-nav-wards = Okręgi
page-hello-title = Co się dzieje w twojej okolicy?
page-hello-lead = Znajdź miejsce. Albo dowiaduj się, gdy ktoś coś tam zgłosi i gdy to zostanie naprawione.
page-hello-watch = Obserwuj okolicę
page-hello-ward = Znajdź swój okręg
page-offline-title = Brak połączenia
page-offline-lead = Ta strona pochodzi z twojego urządzenia. Spróbuj ponownie, gdy będzie połączenie.
page-offline-button = Spróbuj ponownie
page-around-me = Tu, gdzie jestem
page-email-hint = Zanim cokolwiek wyślemy, zapytamy cię pocztą. Możesz zrezygnować w każdej chwili.
page-wrong-mark = Błąd:
page-wrong-summary = Coś się nie zgadza
page-wrong-email-none = Wpisz swój adres e-mail.
page-wrong-email = Wpisz adres e-mail we właściwej postaci, na przykład imie@example.org.
page-wrong-code-none = Wpisz sześć cyfr z naszej wiadomości.
page-wrong-code = To nie jest kod z naszej najnowszej wiadomości. Sprawdź sześć cyfr albo otwórz odnośnik z wiadomości.
page-wrong-code-used-up = Zbyt wiele razy kod był błędny. Otwórz odnośnik z naszej wiadomości.
page-wrong-push = Nie udało się dotrzeć do tego urządzenia. Spróbuj jeszcze raz albo wpisz swój adres e-mail.
page-wrong-no-area = Wybierz miejsce: wpisz adres, naciśnij „Tu, gdzie jestem” albo narysuj obszar na mapie. Albo wybierz okręg.
page-wrong-no-ward = Wybierz okręg z listy.
page-wrong-no-place = Najpierw wybierz miejsce.
page-wrong-area = Tego obszaru nie można obserwować. Narysuj go od nowa albo wybierz okręg.
page-wrong-outside = To miejsce nie leży w tym mieście. Wybierz inne.
page-code-title = Sprawdź pocztę
page-code-lead = Wysłaliśmy ci wiadomość z odnośnikiem i sześcioma cyframi. Otwórz odnośnik albo wpisz tu cyfry.
page-code-field = Sześć cyfr
page-code-button = Potwierdź
page-code-none = Po kilku minutach nadal nic? Zajrzyj do spamu.
page-code-again = Spróbuj jeszcze raz z innym adresem
page-wards-title = Okręgi
page-wards-lead = Wybierz swój okręg, żeby zobaczyć, co w nim zgłoszono, i dostawać wiadomości.
page-wards-none = To miasto nie wczytało jeszcze swoich okręgów.
page-wards-mine = Znajdź mój okręg
page-wards-map = Mapa okręgów
page-wards-nowhere = To miejsce nie leży w żadnym okręgu tego miasta. Wybierz okręg z listy.
page-ward-ask = Dostawaj wiadomości z tego okręgu raz dziennie
page-ward-button = Zapisz mnie
page-ward-more = Tylko część albo o innej porze
# $ward is a name of a ward, like “Ward 12”.
page-ward-map = Mapa: { $ward }
page-ward-empty = Nic tu jeszcze nie zgłoszono.
page-watch-title = Co chcesz obserwować?
page-watch-where = Gdzie
page-watch-area = Kilka ulic
page-watch-ward = Okręg
page-watch-ward-here = Okręg, w którym leży dane miejsce
page-watch-which = Który okręg
page-watch-choose = Wybierz
page-watch-radius = Jak daleko wokół
# $size is a distance, like “300 m”.
page-watch-around = { $size } wokół
page-watch-find = Pokaż na mapie
page-watch-map = Mapa obszaru
page-watch-no-script = Żeby narysować własny obszar, potrzebny jest JavaScript.
page-watch-what = O czym chcesz wiedzieć
page-watch-email = Twój adres e-mail
page-watch-device = Powiadamiaj mnie na tym urządzeniu
page-watch-ios = Na iPhonie lub iPadzie najpierw dodaj tę stronę do ekranu początkowego: stuknij Udostępnij, a potem „Do ekranu początkowego”. Otwórz ją stamtąd i wróć na tę stronę.
page-watch-button = Obserwuj
# Names of watches, until their owners choose others.
page-watch-my-area = Mój obszar
page-watch-my-ward = Mój okręg
page-nav-mine = Moje
page-sign-in-title = Logowanie
page-sign-in-lead = Nie ma hasła. Wyślemy ci odnośnik.
page-sign-in-button = Wyślij mi odnośnik
page-sign-in-sent = Jeśli znamy ten adres, wiadomość z odnośnikiem jest już w drodze. Nic nie przyszło? To znaczy, że z tego adresu nic się jeszcze nie obserwuje.
page-sign-in-again = Spróbuj innego adresu
page-sign-in-here = Naciśnij przycisk, a ta przeglądarka zapamięta cię na trzy miesiące.
page-sign-in-used-title = Ten odnośnik został już użyty
page-sign-in-used-lead = Każdy odnośnik loguje tylko raz, żeby nie wszedł nikt, kto go później znajdzie. Wpisz swój adres, a wyślemy ci następny.
page-sign-out = Wyloguj
page-part-title = Weź udział
page-part-follow = Obserwuj to zgłoszenie
page-part-follows = Obserwujesz to zgłoszenie.
page-part-vote = Mnie też to przeszkadza
page-part-voted = Tobie też to przeszkadza.
page-part-comment = Dodaj komentarz
page-part-comment-hint = Będzie tu widoczny dla wszystkich, bez twojego nazwiska.
page-part-say = Skomentuj
page-part-hint = Napiszemy, co się z tym stało. Po potwierdzeniu możesz też komentować i powiedzieć, że tobie też to przeszkadza.
page-part-sign-in = Masz już u nas obserwacje? Zaloguj się
page-did-follow = Obserwujesz to zgłoszenie. Napiszemy, co się z nim stało.
page-did-vote = Dziękujemy. Policzono, że tobie też to przeszkadza.
page-did-comment = Dziękujemy. Twój komentarz jest widoczny.
page-did-comment-waits = Dziękujemy. Miasto najpierw przeczyta twój komentarz; potem będzie widoczny.
page-wrong-words-none = Napisz, co chcesz powiedzieć.
page-wrong-words-long = Komentarz ma najwyżej 2000 znaków. Skróć go.
page-wrong-words-many = Dużo już powiedziano w ciągu godziny. Spróbuj później.
