# Addresses: the field for one, and what is found.

page-place-label = Address or corner
page-place-hint = Like 1200 W Addison St, or State & Madison
page-place-find = Find the address
page-place-which = Which one do you mean?
page-place-choose = Choose one of the places that were found.
page-place-empty = Enter an address or a corner.
page-place-none = We know no such address. Check the spelling, or enter the nearest corner: two streets with “&” between them.
page-place-street = We know that street, but not where on it you mean. Add a house number that it has, or a street that crosses it.
page-place-unreachable = Addresses cannot be looked up just now. Try again in a moment.
# $whom is the name of a service, like “© OpenStreetMap”.
page-place-credit = Found by: { $whom }
page-find-title = Find an address, a ward or an issue
page-find-watch = Watch what happens around it
page-find-report = Report something there
page-find-around = Latest around { $place }
page-find-none = Nothing has been reported around here yet.
page-find-all = All issues around here
page-find-no-issue = There is no issue with this number. Check it, or look for an address.
