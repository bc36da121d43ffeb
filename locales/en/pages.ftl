# The pages that a mail's links lead to. $watch is a person's own name for a watch.

page-skip = Skip to the content
page-done = Done

## Confirming

page-confirm-title = Do you want to be told?
page-confirm-lead = Your watch “{ $watch }” starts when you press the button.
page-confirm-button = Yes, tell me
page-confirm-ignore = If it was not you who asked, close this page. Nothing will be sent.
page-confirmed-title = You are watching
page-confirmed-lead = “{ $watch }” is on.
page-confirmed-already = “{ $watch }” is on already. There is nothing more to do.

## Stopping

page-stop-title = Stop being told?
page-stop-lead = { $count ->
    [one] This watch will end, and its area will be forgotten:
   *[other] These { $count } watches will end, and their areas will be forgotten:
}
page-stop-button = Stop this watch
page-stop-all-button = Stop all of them
page-ended-title = Done. You will not be told any more.
page-ended-lead = { $count ->
    [one] One watch has ended.
   *[other] { $count } watches have ended.
}
page-nothing-title = There is nothing left to stop
page-nothing-lead = Nothing is being watched for you.

## Changing

page-manage-title = What you watch
page-manage-link = See and change all that you watch
page-target-area = An area
page-target-ward = A ward
page-target-issue = One issue
page-rhythm-at_once = You are told at once.
page-rhythm-daily = You are told in a digest each morning.
page-rhythm-weekly = You are told in a digest on Monday mornings.
page-paused = paused
page-unconfirmed = waits for you to confirm it
page-pause = Pause
page-resume = Resume
page-stop = Stop and delete

## Issues

page-home-title = Latest issues
page-home-empty = Nothing has been reported yet.
page-timeline = What happened
page-wards = Ward { $wards }
