# Addresses: the field for one, and what is found.

page-place-label = 地址或路口
page-place-hint = 例如 1200 W Addison St，或 State & Madison
page-place-find = 查找地址
page-place-which = 您指的是哪一个？
page-place-choose = 请从找到的地点中选择一个。
page-place-empty = 请输入地址或路口。
page-place-none = 找不到这个地址。请检查拼写，或输入最近的路口：在两条街道之间加上“&”。
page-place-street = 我们知道这条街，但不知道您指的是哪一段。请加上这条街上已有的门牌号，或一条与它相交的街道。
page-place-unreachable = 现在无法查找地址。请稍后再试。
# $whom is the name of a service, like “© OpenStreetMap”.
page-place-credit = 查找来源：{ $whom }
page-find-title = 查找地址、选区或问题
page-find-watch = 关注那里附近发生的事
page-find-report = 报告那里的问题
page-find-around = { $place }附近的最新问题
page-find-none = 附近还没有人上报问题。
page-find-all = 附近的所有问题
page-find-no-issue = 没有这个编号的问题。请核对编号，或查找地址。
