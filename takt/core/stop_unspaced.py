"""What words mean to a refusal in languages that put no blanks between them: they are looked for anywhere in a text."""

from typing import Final

from takt.core.stop_sense import Sense

UNSPACED: Final = {
    Sense.NOT: "不要 别 別 不想 不需要 不 请勿 請勿 勿 ないで いりません いらない 不要です 不要 たくない ません ない しないで 마세요 마라 말아 마요 마 싫어요 싫어 싫습니다 않 안 ไม่ อย่า",
    Sense.CEASE: "停止 停 别再 別再 やめて やめ 止めて 止め 中止 그만 중단 멈춰 중지 หยุด เลิก",
    Sense.ENOUGH: "够了 夠了 烦死 もういい うんざり 지겨워 지긋지긋",
    Sense.ANNOY: "骚扰 騷擾 打扰 打擾 烦 煩 迷惑 しつこい うざい 귀찮 짜증 รำคาญ",
    Sense.LEAVE: "退订 退訂 取消订阅 取消訂閱 配信停止 解約 退会 수신거부 수신 거부 구독취소 구독 취소 해지",
    Sense.REMOVE: "删除 刪除 移除 删掉 刪掉 削除 外して 消して 삭제 지워 빼 ลบ",
    Sense.OBJECT: "拒绝 拒絕 撤回 拒否 撤回 お断り 거부 철회",
    Sense.CONSENT: "同意 授权 授權 許可 동의 허락",
    Sense.NEVER: "从来没 從來沒 从没 從沒 没有同意 一度も 적 없",
    Sense.WANT: "想 需要 要 感兴趣 兴趣 興味 必要 欲しく ほしく 원하 관심 필요 받기 อยาก",
    Sense.MORE: "了 再 もう 二度と これ以上 今後 以后 更多 다시는 더 이상 더 더이상 앞으로 อีก",
    Sense.SEND: "发送 發送 发 發 傳 寄 送ら 送っ 送る 送 보내지 보내 전송 ส่ง",
    Sense.RECEIVE: "收到 接收 受け取 受信 届 받고 받 ได้รับ",
    Sense.WRITE: "联系 聯繫 联络 連絡 연락 ติดต่อ",
    Sense.MESSAGE: "消息 短信 信息 訊息 簡訊 通知 推送 メッセージ メール メッセ 通知 お知らせ 메시지 메세지 문자 알림 톡 카톡 ข้อความ",
    Sense.ADVERTISING: "广告 廣告 营销 行銷 推销 推銷 推广 促销 垃圾 広告 宣伝 メルマガ 勧誘 スパム 광고 스팸 홍보 마케팅 โฆษณา",
    Sense.LIST: "名单 名單 列表 リスト 名簿 목록 명단 리스트",
    Sense.NUMBER: "号码 號碼 电话号码 番号 個人情報 번호 개인정보 เบอร์",
    Sense.ME: "我 私 저를 저에게 저한테 나한테 내 제 ฉัน ผม",
    Sense.FILLER: "请 請 给 給 的 了 吧 吗 嗎 这些 這些 这种 这 你们 你們 您 你 任何 把 从 從 都 就 谢谢 謝謝 将 啊 呀 を に は が の で も と へ から って ください 下さい お願いします お願い です ます して"
    " した する この こんな こういう 何も 御社 本当に 結構 하지 해 주세요 주십시오 제발 좀 이런 를 을 이 가 은 는 에서 에 요 도 기 지 어 다 ค่ะ ครับ กรุณา แล้ว ให้",
}
