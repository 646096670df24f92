"""What the launcher says of backups: English first, Chinese beside it."""

TEXTS: dict[str, tuple[str, str]] = {
    "backup.nothing": (
        "{place} holds no installation. Name its directory with --data.",
        "{place} 里没有可备份的数据。请用 --data 指明数据目录。",
    ),
    "backup.exists": (
        "{file} is there already; a backup never replaces another. Choose another name with --to.",
        "{file} 已经存在；备份不会覆盖已有文件。请用 --to 另取名字。",
    ),
    "backup.no_folder": (
        "The directory {place} does not exist. Create it, or choose another with --to.",
        "目录 {place} 不存在。请先建立，或用 --to 另选。",
    ),
    "backup.unwritable": (
        "{place} cannot be used: {reason}. Choose another file with --to.",
        "{place} 无法使用：{reason}。请用 --to 另选。",
    ),
    "backup.disk_full": (
        "The disk that holds {place} is full; no backup was kept. Free some space, or choose another disk with --to.",
        "{place} 所在的磁盘已满，没有留下备份。请腾出空间，或用 --to 换一块磁盘。",
    ),
    "backup.passphrase_unreadable": (
        "The passphrase cannot be read from {file}: {reason}.",
        "读不到口令文件 {file}：{reason}。",
    ),
    "backup.passphrase_short": (
        "The passphrase in {file} has {length} characters; at least {shortest} are needed on its first line.",
        "口令文件 {file} 第一行只有 {length} 个字符，至少要 {shortest} 个。",
    ),
    "backup.program": (
        "This needs {name} of PostgreSQL {server} or newer. Install that version's client programs.",
        "这里需要 PostgreSQL {server} 或更新版本的 {name}。请安装该版本的客户端程序。",
    ),
    "backup.dump_failed": (
        "The database could not be copied; no backup was kept. PostgreSQL says:\n{reason}",
        "数据库没有复制成功，没有留下备份。PostgreSQL 的说明：\n{reason}",
    ),
    "backup.database": ("Database …", "数据库 …"),
    "backup.progress": ("    {size} written", "    已写入 {size}"),
    "backup.files": ("Uploaded files: {count}", "上传的文件：{count} 个"),
    "backup.done": (
        "Backed up and read once again: {rows} rows of {tables} tables ({seconds} s)",
        "备份完成并已回读核对：{tables} 张表，{rows} 行（{seconds} 秒）",
    ),
    "backup.with_keys": (
        "The keys are inside, under the passphrase. Without the passphrase the backup cannot be restored: keep it "
        "in another place than the file.",
        "密钥已用口令加密放入备份。没有口令就无法恢复：口令请与备份文件分开保存。",
    ),
    "backup.without_keys": (
        "The keys are NOT inside. Without {place} identity numbers, phones and uploaded files cannot be read and "
        "the backup cannot be restored: keep a copy of that file in another place, or give --passphrase-file.",
        "备份里没有密钥。没有 {place}，身份证号、电话和上传的文件就读不出来，备份也无法恢复："
        "请另存一份该文件，或加 --passphrase-file 把密钥一起备份。",
    ),
    "backup.same_disk": (
        "The backup lies beside the data. Copy it to another machine: a lost disk would take both.",
        "备份与数据在同一处。请再复制到另一台机器：磁盘损坏会同时丢失两者。",
    ),
    "restore.checking": ("Checking {file} …", "正在核对 {file} …"),
    "restore.unreadable": (
        "{file} cannot be read: {reason}. Nothing was changed.",
        "{file} 无法读取：{reason}。数据没有改动。",
    ),
    "restore.foreign": (
        "{file} is not a backup of Gongjiang. Nothing was changed.",
        "{file} 不是工匠平台的备份。数据没有改动。",
    ),
    "restore.cut_off": (
        "{file} is cut off: its end is missing. Take another copy of it, or an earlier backup. Nothing was changed.",
        "{file} 不完整：缺少末尾部分。请换一份副本，或用更早的备份。数据没有改动。",
    ),
    "restore.damaged": (
        "{file} is damaged: its content differs from what was backed up. Take another copy of it, or an earlier "
        "backup. Nothing was changed.",
        "{file} 已损坏：内容与备份时不一致。请换一份副本，或用更早的备份。数据没有改动。",
    ),
    "restore.format": (
        "{file} was made by Gongjiang {version} in a way that this version does not read. Restore it with that "
        "version. Nothing was changed.",
        "{file} 由 {version} 版备份，格式与当前版本不同。请用那个版本恢复。数据没有改动。",
    ),
    "restore.newer": (
        "{file} was made by newer code ({theirs}; this is {ours}). Update the code, then restore. "
        "Nothing was changed.",
        "{file} 由更新的代码备份（{theirs} 版，当前是 {ours} 版）。请先更新代码再恢复。数据没有改动。",
    ),
    "restore.filled": (
        "{place} is not empty. A restore replaces nothing: choose an empty or new directory with --data.",
        "{place} 不是空的。恢复不会覆盖已有数据：请用 --data 指定空目录或新目录。",
    ),
    "restore.database_filled": (
        "The database named by DATABASE_URL has {count} tables. A restore replaces nothing: name an empty database.",
        "DATABASE_URL 所指的数据库里已有 {count} 张表。恢复不会覆盖已有数据：请指定空的数据库。",
    ),
    "restore.keys_apart": (
        "{file} holds no keys, and without them identity numbers and phones cannot be read. Give the copy of "
        "secrets.json that was kept with --secrets FILE. Nothing was changed.",
        "{file} 里没有密钥，而没有密钥就读不出身份证号和电话。请用 --secrets 文件 给出另存的 secrets.json。"
        "数据没有改动。",
    ),
    "restore.keys_sealed": (
        "The keys in {file} are under a passphrase. Give it with --passphrase-file FILE. Nothing was changed.",
        "{file} 里的密钥有口令保护。请用 --passphrase-file 文件 给出口令。数据没有改动。",
    ),
    "restore.passphrase": (
        "The passphrase does not open the keys in this backup. Look for the one it was made with. "
        "Nothing was changed.",
        "这个口令打不开备份里的密钥。请找到备份时用的口令。数据没有改动。",
    ),
    "restore.secrets_unreadable": (
        "{file} is no secrets.json. Nothing was changed.",
        "{file} 不是 secrets.json。数据没有改动。",
    ),
    "restore.other_keys": (
        "These keys belong to another installation than {file}. Nothing was changed.",
        "这些密钥不属于 {file} 所备份的平台。数据没有改动。",
    ),
    "restore.disk_full": (
        "The disk that holds {place} is full; the place was emptied again. Free some space, or choose another disk "
        "with --data.",
        "{place} 所在的磁盘已满，已写入的部分已清除。请腾出空间，或用 --data 换一块磁盘。",
    ),
    "restore.load_failed": (
        "The database could not be filled; the place was emptied again. PostgreSQL says:\n{reason}",
        "数据库没有恢复成功，已写入的部分已清除。PostgreSQL 的说明：\n{reason}",
    ),
    "restore.step_failed": (
        "The step “manage.py {command}” failed (exit status {code}); its message is above. The place was emptied "
        "again; the backup is untouched.",
        "步骤“manage.py {command}”失败（退出码 {code}），原因见上。已写入的部分已清除，备份文件没有改动。",
    ),
    "restore.differs": (
        "After restoring, {table} has {found} rows; the backup says {expected}. The place was emptied again.",
        "恢复后 {table} 有 {found} 行，而备份记载 {expected} 行。已写入的部分已清除。",
    ),
    "restore.files": ("Uploaded files: {count}", "上传的文件：{count} 个"),
    "restore.database": ("Database …", "数据库 …"),
    "restore.walls": ("Schema, roles and walls …", "表结构、角色与数据隔离 …"),
    "restore.equal": (
        "Compared with the backup: {tables} tables, {rows} rows, all equal.",
        "与备份逐表核对：{tables} 张表，{rows} 行，全部一致。",
    ),
    "restore.done": (
        "The backup of {made_at} is in {place} ({seconds} s). Start it with: ./run demo --data {place}",
        "{made_at} 的备份已恢复到 {place}（{seconds} 秒）。启动：./run demo --data {place}",
    ),
    "restore.recount": (
        "Figures are counted again by the worker after the start. Everybody signs in again.",
        "启动后由后台进程重新统计各项指标。所有人需要重新登录。",
    ),
}
