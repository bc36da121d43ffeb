# Those who work on issues: what they do on an issue's page, their desk, and how their words are shown.
# $office is a ward's office or the city, $watch a person's own name for a watch.

## Who speaks

page-office-ward = Biuro okręgu { $ward }
page-office-layer = Biuro: { $layer } { $ward }

## On the page of an issue, for the city

page-city-title = Dla miasta
page-city-as = O tym, co tu zrobisz, dowiedzą się wszyscy, którzy obserwują to zgłoszenie. Jako autor widoczne będzie: { $office }.
page-city-words = Twoje słowa
page-city-words-hint = Odpowiedź ich wymaga. Przy innych przyciskach możesz zostawić to pole puste.
page-city-reply = Odpowiedz
page-city-acknowledge = Przyjmij
page-city-begin = Rozpocznij realizację
page-city-hold = Wstrzymaj
page-city-close = Zamknij
page-city-reopen = Otwórz ponownie
page-city-wrong-none = Najpierw napisz odpowiedź.
page-city-changed = To zgłoszenie zmieniło się, odkąd otwarto tę stronę, więc nic nie zrobiono. Zobacz, co nowego, i naciśnij jeszcze raz.
# $what is a status, or what happened.
page-city-changed-step = { $what }, { $when }
page-city-changed-step-by = { $what }: { $who }, { $when }
page-city-comments-lead = Nikt inny nie widzi tych komentarzy, dopóki ktoś z was ich nie pokaże.
page-city-show = Pokaż ten komentarz
page-city-dismiss = Nie pokazuj go
page-city-did = Gotowe. Dowiedzą się wszyscy, którzy obserwują to zgłoszenie.
page-city-did-show = Komentarz jest teraz widoczny.
page-city-did-dismiss = Komentarz nie będzie pokazany.
page-city-gone = Ktoś już zdecydował o tym komentarzu.
page-city-answers = Odpowiedzi tylko dla miasta
page-city-pictures = Zdjęcia i filmy
page-city-picture-hold = Nie pokazuj
page-city-picture-remove = Usuń na zawsze
page-city-did-picture = Gotowe. To zdjęcie lub film nie jest już pokazywane.

## The desk

page-desk-title = Twoje biurko
page-desk-as = Pracujesz dla: { $office }.
page-desk-new = Nowe
page-desk-waiting = Najdłużej otwarte
# $when is when it was reported.
page-desk-since = otwarte od: { $when }
page-desk-comments = Komentarze do przeczytania
page-desk-none = Nic tu nie ma.
# $list is the name of one of the lists.
page-desk-all = Cała lista: { $list }
page-desk-next = Następna strona
page-desk-back = Poprzednia strona
page-desk-whole = Całe biurko
page-desk-names = Nazwy obszarów do przeczytania
page-desk-names-lead = Mieszkańcy chcą, by wszyscy mogli widzieć i obserwować obszary pod tymi nazwami. Nikt inny ich nie widzi, dopóki ktoś z was ich nie pokaże.
page-desk-name-show = Pokaż tę nazwę
page-desk-name-dismiss = Nie pokazuj jej
page-desk-did-show = Nazwa jest teraz widoczna.
page-desk-did-dismiss = Nazwa nie będzie pokazana.
page-desk-gone = Ktoś już zdecydował o tej nazwie albo została zmieniona.

## What comes next

page-next-title = Co dalej
page-next-received = Miasto jeszcze nie odpowiedziało. Gdy odpowie, znajdziesz to tutaj.
page-next-acknowledged = Miasto o tym wie. Gdy zaczną się prace, znajdziesz to tutaj.
page-next-in-progress = Prace trwają. Gdy się skończą, miasto zamknie tu zgłoszenie.
page-next-on-hold = Sprawa czeka. Gdy ruszy dalej, znajdziesz to tutaj.
page-next-ask = Zapytamy cię, czy to naprawiono: { $when }.

## Whoever reported it opens it again

page-again-title = Nie naprawiono?
page-again-lead = To twoje zgłoszenie i zostało zamknięte. Jeśli problem nadal istnieje, otwórz je ponownie.
page-again-words = Co widzisz? Możesz zostawić to pole puste.
page-again-button = Nie naprawiono
page-did-again = Zgłoszenie jest znów otwarte. Dowiedzą się o tym wszyscy, którzy je obserwują.

## Passing it on

page-share-title = Udostępnij i zobacz więcej
page-share-link = Link do tego zgłoszenia
page-share-button = Udostępnij
page-related-category = Więcej: { $category }

## Why somebody was told

page-told-mail = Napisaliśmy ci o tym mailem, { $when }, bo obserwujesz „{ $watch }”.
page-told-push = Daliśmy ci o tym znać na twoim urządzeniu, { $when }, bo obserwujesz „{ $watch }”.
page-told-webhook = Przekazaliśmy to twojemu programowi, { $when }, bo obserwujesz „{ $watch }”.
page-told-digest = Napisaliśmy ci o tym w przeglądzie, { $when }, bo obserwujesz „{ $watch }”.
page-told-due = Damy ci o tym znać, { $when }, bo obserwujesz „{ $watch }”.
page-told-muted = Nie piszemy ci o tym zgłoszeniu, bo jest u ciebie wyciszone.
page-told-paused = Nie napisaliśmy ci o tym zgłoszeniu, bo wiadomości dla ciebie były wtedy wstrzymane.
page-told-not-yet = To dopiero wpłynęło. Jeśli to coś, co obserwujesz, damy ci znać.
page-told-from-now = Obserwujesz to od niedawna: to stało się wcześniej. Damy ci znać o tym, co będzie dalej.
page-told-none = Nie napisaliśmy ci o tym zgłoszeniu: nie o to proszą twoje obserwacje.

## A ward's office on the ward's page

page-ward-office = Biuro okręgu
page-ward-said = Ostatnie oficjalne słowa
page-ward-follow-replies = Tylko oficjalne odpowiedzi
# The name of a watch.
page-ward-replies = { $ward }, oficjalne odpowiedzi
