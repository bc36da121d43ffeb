# Addresses: the field for one, and what is found.

page-place-label = Address or corner
page-place-hint = Like 1200 W Addison St, or State & Madison
page-place-find = Find the address
page-place-which = Which one do you mean?
page-place-choose = Choose one of the places that were found.
page-place-empty = Enter an address or a corner.
page-place-none = We know no such address. Check the spelling, or enter the street alone.
page-place-street = We know that street, but not where on it you mean. Add a house number, or a street that crosses it.
page-place-unreachable = Addresses cannot be looked up just now. Try again in a moment.
# $whom is the name of a service, like “© OpenStreetMap”.
page-place-credit = Found by: { $whom }
page-find-title = Find an address, a ward or an issue
page-find-watch = Watch what happens around it
page-find-report = Report something there
