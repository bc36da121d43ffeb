# What people read in mails and on their lock screens.
#
# $category, $place, $watch, $ward and $city are the city's or a person's own words.
# $actor is resident, official, office (of a ward) or system. $place is an address, or the issue's number.

## The subject of a mail and the title of a push: what happened, then where

subject-opened = 新问题：{ $category } – { $place }
subject-updated = 问题有更新：{ $category } – { $place }
subject-commented = { $actor ->
    [official] 市政部门已回复：{ $category } – { $place }
    [office] 选区办公室已回复：{ $category } – { $place }
   *[other] 新评论：{ $category } – { $place }
}
subject-voted = 邻居也遇到：{ $category } – { $place }
subject-closed = 问题已关闭：{ $category } – { $place }
subject-reopened = 问题已重新打开：{ $category } – { $place }
subject-moved = 问题已移至新位置：{ $category } – { $place }
subject-merged = 问题已与另一份报告合并：{ $category } – { $place }
subject-hidden = 问题已从网站撤下：{ $category } – { $place }
subject-digest = { $rhythm ->
    [weekly] 您的 { $city } 每周摘要：{ $counts }
    [daily] 您的 { $city } 每日摘要：{ $counts }
   *[other] { $city } 最新消息：{ $counts }
}
subject-confirm = 请确认您想接收 { $city } 的消息
subject-fixed = 修好了吗？{ $category } – { $place }
subject-stopped = 您在 { $host } 的 webhook 不再接收消息
subject-sign-in = 登录 { $city } 的链接
subject-address = { $city } 询问：这是您的地址吗？
subject-confirm-report = 您提交给 { $city } 的报告 { $number }

place-number = 编号 { $number }
place-ward = 选区 { $ward }，编号 { $number }

## What happened, as a word on a label

kind-opened = 新问题
kind-updated = 有更新
kind-commented = 评论
kind-voted = 邻居也遇到
kind-closed = 已关闭
kind-reopened = 已重新打开
kind-moved = 已移动
kind-merged = 已合并
kind-hidden = 已撤下

## What happened, as a heading over several issues

group-opened = 新问题
group-updated = 有更新
group-commented = 新评论
group-voted = 邻居也遇到
group-closed = 已关闭
group-reopened = 已重新打开
group-moved = 已移至新位置
group-merged = 已与其他报告合并
group-hidden = 已从网站撤下

## How many of each, in a digest's subject

count-opened = 新问题 { $count } 个
count-updated = 有更新 { $count } 个
count-commented = 有评论 { $count } 个
count-voted = 邻居也遇到 { $count } 个
count-closed = 已关闭 { $count } 个
count-reopened = 已重新打开 { $count } 个
count-moved = 已移动 { $count } 个
count-merged = 已合并 { $count } 个
count-hidden = 已撤下 { $count } 个

## What happened, as a line with a date

did-opened = { $actor ->
    [official] 由市政部门上报
   *[other] 已上报
}
did-updated = { $actor ->
    [official] 由市政部门更新
    [office] 由选区办公室更新
   *[other] 已更新
}
did-commented = { $actor ->
    [official] 市政部门的回复
    [office] 选区办公室的回复
   *[other] 邻居的评论
}
did-voted = 有邻居也遇到
did-closed = { $actor ->
    [official] 由市政部门关闭
   *[other] 已关闭
}
did-reopened = { $actor ->
    [official] 由市政部门重新打开
   *[other] 已重新打开
}
did-moved = 已移至地图上的另一位置
did-merged = 已与同一问题的另一份报告合并
did-hidden = 已从网站撤下

## Where an issue is in its life

status-received = 已收到
status-acknowledged = 已受理
status-in-progress = 处理中
status-on-hold = 暂缓处理
status-closed = 已关闭

## Dates

weekday-monday = 星期一
weekday-tuesday = 星期二
weekday-wednesday = 星期三
weekday-thursday = 星期四
weekday-friday = 星期五
weekday-saturday = 星期六
weekday-sunday = 星期日
month = { $month }月
# $half is am or pm; $hour12 counts 12, 1 … 11; $hour24 is 00 … 23.
clock = { $hour24 }:{ $minute }
# A date of this year, and of another one.
when = { $month }{ $day }日{ $weekday } { $clock }
when-year = { $year }年{ $month }{ $day }日{ $weekday } { $clock }

## An issue in a mail

issue-line = 编号 { $number } · { $status }
issue-link = 查看后续进展
link-left-out = [链接已省略]

## Where an issue lies, seen from the middle of an area that the reader watches

# $distance and $direction are those below. These stand within a sentence, too: begin them small.
away = 位于“{ $watch }”中心{ $direction }方向 { $distance }处
away-middle = 就在“{ $watch }”的中心
# What the map in a mail shows, for whoever does not see it. $away is one of the two above.
map-alt = 地图：{ $place }
map-alt-away = 地图：{ $place }，{ $away }
direction-north = 正北
direction-northeast = 东北
direction-east = 正东
direction-southeast = 东南
direction-south = 正南
direction-southwest = 西南
direction-west = 正西
direction-northwest = 西北
distance-m = { $count } 米
distance-km = { $count } 公里
distance-km-tenths = { $whole }.{ $tenth } 公里
distance-ft = { $count } 英尺
distance-mi = { $count } 英里
distance-mi-tenths = { $whole }.{ $tenth } 英里

## A digest

digest-title = { $rhythm ->
    [weekly] 您的 { $city } 每周摘要
    [daily] 您的 { $city } 每日摘要
   *[other] { $city } 最新消息
}
digest-lead = 您关注的 { $count } 个问题有新消息。
digest-more = 另有 { $count } 个
digest-watches = 来自您的关注：{ $watches }

## The question to a reporter whether what was closed is fixed

fixed-title = 修好了吗？
fixed-lead = 这是您报告的问题，已于{ $when }关闭。如果问题仍在，请告诉我们，它就会重新打开。
fixed-heading = 您报告的问题
fixed-yes = 是的，已经修好
fixed-no = 没有，问题还在

## To the owner of a webhook that takes nothing

stopped-title = 您的 webhook 已停用
stopped-preheader = 它已连续多日没有接收任何内容。
stopped-lead = 自{ $when }起，{ $host } 没有接收我们的任何消息，因此我们已停止向它发送。最后一次尝试的结果：“{ $reason }”。您关注的内容保持不变，邮件和浏览器通知照常发送。修好后，请在您的页面上向它发送一次测试；它接收第一次测试后，消息就会恢复发送。
stopped-page = 打开您的页面

## To somebody who wants to sign in

sign-in-title = 登录
sign-in-preheader = 链接在 { $minutes } 分钟内有效。
sign-in-lead = 有人（希望是您）想用此地址登录。链接只能使用一次，在 { $minutes } 分钟内有效。如果不是您，请不要理会：没有此链接，任何人都无法登录。
sign-in-link = 登录

# To an address that somebody says is theirs, too; and a test to a device.
address-title = 此地址也是您的吗？
address-preheader = 按一下，消息也会发送到此地址。
address-lead = 有人（希望是您）希望自己的消息也发送到此地址。如果不是您，请不要理会：不会再有其他邮件发到这里。
address-link = 是的，是我的
push-test-title = 此设备可以收到消息
push-test-body = 这只是一次测试。您关注的内容有新消息时，就会这样送达。

## The question whether anybody answers at a webhook

ping-title = 来自 { $city } 的测试
ping-text = 如果您能看到这条消息，您关注的内容就会发送到这里。

## Why it came, and the ways out

why-title = 您为何收到此邮件
because-watch = 您关注了“{ $watch }”。
because-area-ended = 您沿用其轮廓的公开区域已不再公开。您保留它最后的轮廓。
because-line = 您关注了“{ $watch }”。此问题位于选区 { $ward } 的边界上。
stop-watch = 停止此关注的邮件
manage = 更改您的关注
mute-issue = 不再接收此问题的消息
mute-author = 不再接收此人的评论
stop-all = 停止所有邮件
footer = 此邮件由 { $city } 发送，因为您要求接收通知。
footer-confirm = 此邮件由 { $city } 发送，因为有人输入了您的邮箱地址。
footer-sign-in = 此邮件由 { $city } 发送，因为有人请求用您的邮箱地址登录。

## A confirmation

confirm-title = 请确认您的邮箱地址
confirm-lead-area = 您请 { $city } 在您选定的区域内有问题时通知您。如果是您本人操作，请确认此邮箱地址属于您。
confirm-lead-wards = 您请 { $city } 在选区 { $wards } 内有问题时通知您。如果是您本人操作，请确认此邮箱地址属于您。
confirm-lead-issue = 您请 { $city } 在问题 { $number } 有进展时通知您。如果是您本人操作，请确认此邮箱地址属于您。
confirm-lead-report = 感谢您的报告，编号为 { $number }。请确认这是您的邮箱，之后 { $city } 会告诉您处理进展。
confirm-button = 是的，请通知我
confirm-code = 或在您订阅的页面输入此验证码：
confirm-ignore = 如果不是您本人操作，请忽略此邮件，您不会再收到其他邮件。
confirm-preheader = 点按即可确认，或输入 { $code }。
confirm-never = 永久停止向此地址发送邮件

## Buttons on a push message

action-follow = 关注
action-mute = 静音
