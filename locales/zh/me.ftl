# What belongs to one person: what they were told, how they are reached, their areas.

page-device = { $system } 上的 { $browser }
page-device-unknown = 未说明名称的浏览器
page-confirm-device = 提出请求的浏览器也会收到通知：{ $device }。仅当它是您的浏览器时才按下按钮。

## What somebody was told

page-inbox-title = 您收到的通知
page-inbox-all-seen = 您已全部看过。
page-inbox-unread-count = 有 { $count } 条新通知。
page-inbox-seen = 全部标为已看
page-inbox-did-seen = 已标为已看。
page-inbox-new = 未读
page-inbox-waits = 等待下一次摘要
page-inbox-due = 将于{ $when }送达。
page-inbox-more = 还有 { $count } 条。
page-inbox-empty = 您还没有收到任何通知。通过邮件或设备收到的内容也会显示在这里。
page-inbox-older = 更早
page-inbox-mute = 静音
page-inbox-day = { $month }{ $day }日{ $weekday }
page-inbox-day-year = { $year }年{ $month }{ $day }日{ $weekday }
page-inbox-because = 因为您关注了{ $watches }。
page-inbox-area = 您的区域“{ $watch }”
page-inbox-watch = “{ $watch }”
page-inbox-digest = 在摘要中
page-inbox-by = { $by ->
    [mail] 通过邮件
    [push] 在设备上
   *[webhook] 通过 webhook
}
page-inbox-not-by = { $by ->
    [mail] 尚未通过邮件
    [push] 尚未在设备上
   *[webhook] 尚未通过 webhook
}

## The account of whoever has signed in

page-account-title = 您的账户
page-account-mails = 邮件地址
page-account-devices = 设备
page-account-no-devices = 还没有设备向您显示通知。
page-account-webhooks = Webhook
page-account-since = 自{ $when }起
page-account-waits = 等待对我们邮件的答复
page-account-stopped = 由于邮件被退回，我们已停止向那里发送。您可以在“您的关注”页面让我们恢复发送。
page-account-gone = 那里已联系不到任何人
page-account-never = 应该地址的要求，永不发送
page-account-fails = 目前不接收任何内容
page-account-ask = 再次发送询问
page-account-forget = 移除
page-account-test = 发送测试
page-account-add-mail = 另一个邮件地址
page-account-add-hint = 我们会先询问该地址。已经单独接收通知的地址不会被询问：请先用它登录并在那里删除。
page-account-add = 添加
page-account-add-device = 添加此设备
page-account-did-ask = 如果可以询问该地址，邮件已在路上。请打开其中的链接。
page-account-did-forget = 已移除。
page-account-did-add = 已添加此设备。
page-account-did-test = 测试正在发送到该设备。
page-account-out-here = 在此处退出
page-account-out-everywhere = 在所有地方退出
page-account-out-hint = 您登录过的每个浏览器都需要重新登录。我们邮件中的链接仍然有效。
page-wrong-last-way = 没有其他方式可以联系到您或供您登录。请先添加另一个地址，或删除您的全部信息。
page-wrong-contacts-many = 您已有许多地址和设备。请先移除一个。
page-wrong-others-device = 此设备显示的是另一个人的通知。请先停止那些通知。
page-contact-ask-title = 此地址也是您的吗？
page-contact-lead = 一位已登录的用户称 { $address } 是自己的地址，并希望也在那里接收通知。
page-contact-button = 是的，是我的
page-contact-done-title = 地址已添加
page-contact-done = 从现在起，通知也会发送到 { $address }。

## The area of a watch, and areas that everybody may see

page-area-change = 更改区域
page-area-title = “{ $watch }”的区域
page-area-did-change = 区域已更改。
page-area-did-nothing = 区域保持原样：您没有更改任何内容。
page-area-own = 它现在采用“{ $name }”的轮廓。如果您另画一个，就不再跟随它。
page-area-seen = 所有人都能看到它，名为“{ $name }”。关注它的人会得到新的轮廓。
page-area-follows = 它采用公开区域“{ $name }”的轮廓。那个区域改变时，它也随之改变。
page-area-ended = 它所跟随的公开区域已不再公开。它保留最后的轮廓。
page-area-public = 所有人都可以看到并关注此区域，名为“{ $name }”。
page-area-held = 市政人员读过名称后，“{ $name }”才会显示。
page-area-dismissed = 市政方面不显示名称“{ $name }”。请另选一个，或让区域保持私密。
page-public-title = 让他人看到并关注此区域
page-public-change = 更改公开名称或设为私密
page-public-lead = 您的关注“{ $watch }”仍归您所有。它的区域会有自己的页面。
page-public-what = 哪些内容会公开
page-public-seen = 所有人都能看到区域的轮廓和您在此起的名称。在其中报告问题的人可能会看到有人以该名称关注此处。
page-public-not-seen = 没有人能看到您是谁、您自己如何称呼它、您想要哪些通知，以及谁在关注它。
page-public-middle = 此区域是围绕一个地点画的。看到它的人就能找到中心。如果那是您的家，请先另画一个区域。
page-public-followers = 您可以随时将它恢复为私密。届时关注它的人会保留最后的轮廓。
page-public-name = 公开名称
page-public-hint = 例如“帕尔默广场之友”。最多 60 个字符，不含链接。
page-public-button = 设为公开
page-public-end = 设为私密
page-public-page = 查看其页面
page-public-did-show = 现在所有人都能看到此区域。
page-public-did-wait = 市政人员会先读名称，然后所有人都能看到此区域。
page-public-did-end = 区域已恢复为私密。
page-wrong-public-none = 请输入至少两个字的名称。
page-wrong-public-long = 名称最多 60 个字符。请缩短。
page-wrong-public-link = 请不要包含链接和地址。
page-wrong-public-signs = 请去掉不可见或改变阅读方向的字符。
page-wrong-public-many = 您已有五个公开区域。请先将一个设为私密。
page-areas-title = 可关注的区域
page-areas-lead = 邻居们让所有人都能看到并关注这些区域。
page-areas-none = 还没有人公开区域。
page-areas-hint = 您会有一个自己的关注，每天一份摘要。区域重画时，您的也会改变；不再公开时，您保留最后的轮廓。
page-areas-ask = 接收此区域的消息
page-areas-follow = 关注此区域
page-areas-follows = 您已关注此区域。
page-areas-did-follow = 您现在关注了此区域。
