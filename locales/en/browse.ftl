# Looking around: the list with its map, feeds, and the page that others frame.

page-browse-count = { $count ->
    [one] One issue
   *[other] { $count } issues
}
page-browse-count-more = { $count ->
    [one] More than one issue
   *[other] More than { $count } issues
}
# $found is the sentence of page-browse-count.
page-browse-count-among = { $found } among the latest { $count }
page-browse-choose = Choose what to see
page-browse-chosen = Shown are only
page-browse-without = remove
page-browse-any-ward = All wards
page-browse-status = Status
page-browse-any-status = Any status
page-browse-open = Open
page-browse-within = Reported
page-browse-any-time = At any time
page-browse-days = { $count ->
    [one] In the last 24 hours
   *[other] In the last { $count } days
}
page-browse-sort = Order
page-browse-newest = Newest first
page-browse-votes = Most voted first
page-browse-longest = Longest open first
page-browse-words = Words
page-browse-words-hint = In the description or the address, or an issue’s number
# $words is what somebody typed.
page-browse-said = “{ $words }”
page-browse-here = Only this part of the map
page-browse-show = Show
page-browse-all = See all issues
page-browse-all-here = See all issues of this ward
page-browse-watch = Watch what you see
page-browse-list-here = List what the map shows
page-browse-first = Back to the beginning of the list
page-browse-older = Older issues
page-browse-more = More issues
page-browse-further = Look further
page-browse-nothing = Nothing fits all of this. Take one of the filters away, or watch it to be told when something comes.
page-browse-nothing-yet = Nothing among the issues that we have looked through so far. Look further, or take one of the filters away.
page-browse-map = Map of the issues in the list
page-browse-take = Take it with you
page-browse-feeds = As a feed:
page-browse-embed = Put this on a page of yours
page-browse-embed-code = Copy this into the page
page-browse-embed-look = See how it looks
page-browse-wrong-category = Tick at most 50 categories, or none for all of them.
page-browse-wrong-status = There is no such status. Choose one from the list.
page-browse-wrong-words = Look for at most 200 characters. Shorten it.
page-browse-wrong-bbox = That part of the map cannot be read. Take it away, or choose it anew on the map.
page-browse-wrong-within = Choose a number of days from the list.
page-browse-wrong-sort = There is no such order. Choose one from the list.
page-browse-wrong-longest = What is closed waits no longer. Choose open issues, or another order.
page-browse-wrong-cursor = That link is cut off. This is the beginning of the list.
page-embed-title = Issues in { $city }
page-embed-all = See all of them, and report something
page-feed-title = As a feed
page-feed-hint = For your own reader or calendar. Whoever has the link can read it, so keep it to yourself. It ends when the watch ends.
page-feed-issues = Issues
page-feed-mine = What you watch
