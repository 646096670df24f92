"""What the launcher says of starting, serving and checking: English first, Chinese beside it."""

TEXTS: dict[str, tuple[str, str]] = {
    "help": (
        """Gongjiang: one platform for the reform of the industrial workforce.

  ./run demo            build everything, load the demo and serve it
      --port 8000         where to listen          --host 127.0.0.1
      --data DIR          where the data goes      --size city|county
      --reset             delete that data and load it again
  ./run test [ARGS]     all tests (arguments go to pytest)
  ./run check           style, types, layers, migrations, translations
  ./run bench NAME      one of benchmarks/
  ./run manage ...      Django's command line      [--data DIR first]
  ./run figures ...     print figures and the records behind them
  ./run backup          everything into one file, while it runs
      --to FILE           where to   --data DIR    what   --passphrase-file FILE  with the keys
  ./run restore FILE --data DIR   put a backup into an empty directory
  ./run database --data DIR   only the embedded PostgreSQL, for developers

DATABASE_URL=postgresql://... uses your own PostgreSQL (15 or newer) instead.""",
        """工匠：产业工人队伍建设改革一体化平台。

  ./run demo            准备环境，装入演示数据并启动
      --port 8000         监听端口        --host 127.0.0.1
      --data 目录         数据存放处      --size city|county（市 | 县）
      --reset             删除已有数据，重新装入
  ./run test [参数]     全部测试（参数交给 pytest）
  ./run check           代码风格、类型、分层、迁移、译文
  ./run bench 名称      运行 benchmarks/ 中的一项
  ./run manage ...      Django 命令行     [--data 目录 写在最前]
  ./run figures ...     打印指标及其背后的记录
  ./run backup          把全部数据备份成一个文件，不必停机
      --to 文件           存到哪里   --data 目录   备份哪里   --passphrase-file 文件  连密钥一起
  ./run restore 文件 --data 目录   把备份恢复到空目录
  ./run database --data 目录   只启动内置 PostgreSQL，供开发使用

设置 DATABASE_URL=postgresql://... 则使用你自己的 PostgreSQL（15 或更新）。""",
    ),
    "help.demo": ("Build everything, load the demo and serve it.", "准备环境，装入演示数据并启动。"),
    "help.database": ("Run only the embedded PostgreSQL.", "只启动内置 PostgreSQL。"),
    "help.backup": ("Write everything into one file, while it runs.", "把全部数据备份成一个文件，不必停机。"),
    "help.restore": ("Put a backup into an empty directory.", "把备份恢复到空目录。"),
    "help.to": (
        "the new file, or a directory (default: backups/ in the data directory)",
        "新文件，或一个目录（默认：数据目录下的 backups/）",
    ),
    "help.passphrase": (
        "file whose first line is the passphrase for the keys",
        "口令文件，第一行是保护密钥的口令",
    ),
    "help.secrets": (
        "copy of secrets.json, where the keys were kept apart from the backup",
        "密钥与备份分开保存时，secrets.json 的副本",
    ),
    "help.restore_file": ("the backup", "备份文件"),
    "help.restore_data": ("an empty or new directory", "空目录或新目录"),
    "help.host": ("address to listen on (default 127.0.0.1)", "监听地址（默认 127.0.0.1）"),
    "help.port": ("port to listen on (default 8000)", "监听端口（默认 8000）"),
    "help.database_port": ("port of the database (default: any free one)", "数据库端口（默认任选空闲端口）"),
    "help.data": ("where the data goes", "数据存放目录"),
    "help.size": ("size of the demo (default city)", "演示规模（默认 city：全市）"),
    "help.reset": ("delete the data and load it again", "删除已有数据，重新装入"),
    "help.port_range": (
        "{value!r} is not a port; give a number from 1 to 65535",
        "{value!r} 不是端口号，请填 1 到 65535 之间的数字",
    ),
    "plain": ("{text}", "{text}"),
    "interrupted": ("Stopped.", "已停止。"),
    "unknown_command": (
        "There is no command {name!r}. ./run help lists them.",
        "没有 {name!r} 这个命令。./run help 列出全部命令。",
    ),
    "environment.start": (
        "Environment: installing from requirements.lock",
        "环境：按 requirements.lock 安装",
    ),
    "environment.done": ("Environment: ready ({seconds} s)", "环境：就绪（{seconds} 秒）"),
    "environment.pip": (
        "    uv could not finish; trying pip, which may know another package index.",
        "    uv 没有装完；改用 pip（它可能配置了别的软件源）。",
    ),
    "environment.registry": (
        "The packages could not be installed; the lines above say why. Check the network and the package index "
        "that pip or uv is configured with, then run this again. What is already downloaded is kept.",
        "软件包没有装上，原因见上面几行。请检查网络，以及 pip 或 uv 配置的软件源，然后重新运行。"
        "已下载的部分会保留。",
    ),
    "environment.venv": (
        "This Python lacks the venv module. Install it, e.g. apt-get install python{version}-venv, "
        "and run this again.",
        "这个 Python 没有 venv 模块。请先安装，例如 apt-get install python{version}-venv，再重新运行。",
    ),
    "environment.disk": (
        "The disk that holds {place} is full: the environment needs about 1.5 GB. Free some space and run "
        "this again.",
        "{place} 所在的磁盘空间不足：环境约需 1.5 GB。请腾出空间后重新运行。",
    ),
    "environment.unwritable": (
        "The environment cannot be written to {place}: {reason}. Run this as the owner of the clone.",
        "环境无法写入 {place}：{reason}。请用这份代码的所有者账号运行。",
    ),
    "environment.failed": (
        "The environment could not be made:\n{reason}",
        "环境没有建成：\n{reason}",
    ),
    "data.unwritable": (
        "{place} cannot be used: {reason}. Choose another directory with --data.",
        "{place} 无法使用：{reason}。请用 --data 另选目录。",
    ),
    "data.not_directory": (
        "{place} is a file, not a directory. Choose another place with --data.",
        "{place} 是文件，不是目录。请用 --data 另选目录。",
    ),
    "data.foreign": (
        "{place} holds files that are not Gongjiang's, so nothing is put there. Choose an empty or new "
        "directory with --data.",
        "{place} 里已有其他文件，不会往里写。请用 --data 指定空目录或新目录。",
    ),
    "data.in_use": (
        "{place} is in use by another ./run (process {pid}). Stop that one first, or choose another --data.",
        "{place} 正被另一个 ./run 使用（进程 {pid}）。请先停止它，或用 --data 另选目录。",
    ),
    "data.disk": (
        "Only {free} MB are free on the disk that holds {place}; {needed} MB are needed to start safely. "
        "Nothing was changed. Free some space, or choose another disk with --data.",
        "{place} 所在的磁盘只剩 {free} MB，至少要有 {needed} MB 才能安全启动。数据没有改动。"
        "请腾出空间，或用 --data 换一块磁盘。",
    ),
    "data.disk_full": (
        "The disk that holds {place} is full. What was saved before is intact. Free some space and run this "
        "again.",
        "{place} 所在的磁盘已满。此前保存的数据完好。请腾出空间后重新运行。",
    ),
    "data.newer": (
        "{place} was written by Gongjiang {theirs}, and this is {ours}. Start it with {theirs} or newer, or "
        "choose another --data. Nothing was changed.",
        "{place} 由 {theirs} 版写入，而当前是 {ours} 版。请用 {theirs} 或更新的版本启动，"
        "或用 --data 另选目录。数据没有改动。",
    ),
    "data.newer_migration": (
        "{place} was written by newer code: this version does not know {name}. Update the code, or choose "
        "another --data. Nothing was changed.",
        "{place} 由更新的代码写入：当前版本没有 {name}。请更新代码，或用 --data 另选目录。数据没有改动。",
    ),
    "data.secrets_lost": (
        "{place} is missing. Without these keys the encrypted data cannot be read: put the file back from "
        "your backup, or start over with --reset.",
        "缺少 {place}。没有这些密钥就读不出加密的数据：请从备份恢复该文件，或用 --reset 重新开始。",
    ),
    "data.state_unreadable": (
        "{place} is damaged. Put it back from your backup, or start over with --reset.",
        "{place} 已损坏。请从备份恢复，或用 --reset 重新开始。",
    ),
    "data.half_restored": (
        "A restore into {place} was interrupted. Run ./run restore again with the same directory; it starts over.",
        "{place} 的恢复中途中断。请对同一目录重新运行 ./run restore，会从头开始。",
    ),
    "postgres.missing": (
        "The PostgreSQL programs are missing from {place}. Delete .venv and run this again.",
        "{place} 里没有 PostgreSQL 程序。请删除 .venv 后重新运行。",
    ),
    "postgres.library": (
        "PostgreSQL lacks a library of this system: {reason}",
        "PostgreSQL 缺少系统库：{reason}",
    ),
    "postgres.no_account": (
        "PostgreSQL refuses to run as root, and this system has no account 'nobody'. Run this as an ordinary "
        "user, or set DATABASE_URL.",
        "PostgreSQL 不能以 root 运行，而本系统没有 nobody 账号。请改用普通用户运行，或设置 DATABASE_URL。",
    ),
    "postgres.create_failed": (
        "The database could not be created. PostgreSQL says:\n{reason}",
        "数据库没有建成。PostgreSQL 的说明：\n{reason}",
    ),
    "postgres.start_failed": (
        "The database did not start. Its log {log} ends with:\n{reason}",
        "数据库没有启动。日志 {log} 的末尾是：\n{reason}",
    ),
    "postgres.elsewhere": (
        "    The database files are in {place}: the account they need may not enter {data}.",
        "    数据库文件放在 {place}：数据库所用的账号进不了 {data}。",
    ),
    "postgres.version": (
        "The database in {place} belongs to PostgreSQL {found}; this version of Gongjiang brings {ours}. "
        "Start it with the version that wrote it, or choose another --data.",
        "{place} 里的数据库属于 PostgreSQL {found}，而本版本自带 {ours}。请用写入它的版本启动，"
        "或用 --data 另选目录。",
    ),
    "postgres.orphan": (
        "    Stopping a database server left behind by an interrupted run (process {pid})",
        "    正在停止上次中断时遗留的数据库（进程 {pid}）",
    ),
    "external.unreachable": (
        "The database named by DATABASE_URL does not answer:\n{reason}",
        "DATABASE_URL 所指的数据库连不上：\n{reason}",
    ),
    "external.version": (
        "The database named by DATABASE_URL is PostgreSQL {found}; version 15 or newer is needed.",
        "DATABASE_URL 所指的数据库是 PostgreSQL {found}，需要 15 或更新的版本。",
    ),
    "external.encoding": (
        "Database {database} uses the encoding {encoding}; UTF8 is needed. "
        "Create one with: CREATE DATABASE gongjiang ENCODING 'UTF8' TEMPLATE template0",
        "数据库 {database} 的编码是 {encoding}，需要 UTF8。"
        "可这样新建：CREATE DATABASE gongjiang ENCODING 'UTF8' TEMPLATE template0",
    ),
    "external.roles": (
        "The login {role} may not create roles, and {roles} do not all exist. Let an administrator run: "
        "ALTER ROLE {role} CREATEROLE",
        "登录账号 {role} 不能创建角色，而 {roles} 尚未全部存在。请管理员执行：ALTER ROLE {role} CREATEROLE",
    ),
    "external.create": (
        "The login {role} may not create tables in database {database}. Let an administrator run: "
        "ALTER DATABASE {database} OWNER TO {role}",
        "登录账号 {role} 不能在数据库 {database} 中建表。请管理员执行："
        "ALTER DATABASE {database} OWNER TO {role}",
    ),
    "demo.step": ("{name} …", "{name} …"),
    "demo.step_done": ("{name}: done ({seconds} s)", "{name}：完成（{seconds} 秒）"),
    "demo.step.reset": ("Reset", "清空"),
    "demo.step.database": ("Database", "数据库"),
    "demo.step.migrate": ("Schema", "表结构"),
    "demo.step.roles": ("Database roles", "数据库角色"),
    "demo.step.regions": ("Regions", "行政区划"),
    "demo.step.calendar": ("Working days", "工作日历"),
    "demo.step.load": ("Demo data", "演示数据"),
    "demo.step.serve": ("Web server and worker", "网页服务与后台进程"),
    "demo.step_failed": (
        "The step “manage.py {command}” failed (exit status {code}); its message is above. Nothing that was "
        "saved before is lost; run this again when it is mended.",
        "步骤“manage.py {command}”失败（退出码 {code}），原因见上。此前保存的数据没有丢失；"
        "处理后重新运行即可。",
    ),
    "demo.strays": (
        "Ended processes left behind by an interrupted run: {pids}",
        "已结束上次中断时遗留的进程：{pids}",
    ),
    "demo.other_size": (
        "{place} holds the {loaded} demo. Add --reset to replace it by {size}, or choose another --data.",
        "{place} 里是 {loaded} 规模的演示数据。加 --reset 换成 {size}，或用 --data 另选目录。",
    ),
    "demo.reset_external": (
        "--reset does not empty the database that DATABASE_URL names. Empty or replace it yourself.",
        "--reset 不会清空 DATABASE_URL 所指的数据库。请自行清空或另建一个。",
    ),
    "demo.port_in_use": (
        "Port {port} is in use by another program. Stop that one, or start with --port {free}.",
        "端口 {port} 已被其他程序占用。请停止那个程序，或改用 --port {free} 启动。",
    ),
    "demo.port_forbidden": (
        "This user may not listen on port {port}. Start with --port 8000 or another above 1023.",
        "当前用户不能使用端口 {port}。请用 --port 8000 或其他大于 1023 的端口启动。",
    ),
    "demo.host": (
        "This machine cannot listen on {host}: {reason}. Leave --host out, or use 0.0.0.0 for all addresses.",
        "本机无法监听 {host}：{reason}。请去掉 --host，或用 0.0.0.0 监听全部地址。",
    ),
    "demo.child_ended": (
        "The process “{name}” ended while starting. Its log {log} ends with:\n{reason}",
        "进程“{name}”在启动时退出。日志 {log} 的末尾是：\n{reason}",
    ),
    "demo.unhealthy": (
        "The web server did not answer within {seconds} s. See its log {log}.",
        "网页服务在 {seconds} 秒内没有应答。请看日志 {log}。",
    ),
    "demo.by_signal": ("signal {number}, {name}", "信号 {number}，{name}"),
    "demo.by_status": ("exit status {code}", "退出码 {code}"),
    "demo.restart": (
        "“{name}” has ended ({reason}); it starts again in {seconds} s. Log: {log}",
        "“{name}”已退出（{reason}），{seconds} 秒后重新启动。日志：{log}",
    ),
    "demo.database_restart": (
        "The database has ended ({reason}); it starts again, and web and worker with it. Log: {log}",
        "数据库已退出（{reason}），正在重新启动，网页服务与后台进程随之重启。日志：{log}",
    ),
    "demo.database_waits": (
        "The disk that holds {place} is full. What was saved before is intact; the database starts again as "
        "soon as there is room.",
        "{place} 所在的磁盘已满。此前保存的数据完好；腾出空间后，数据库会自动恢复。",
    ),
    "demo.database_back": ("The database is back.", "数据库已恢复。"),
    "demo.ready": ("\nReady: {address}\n", "\n就绪：{address}\n"),
    "demo.accounts": ("Demo accounts:", "演示账号："),
    "demo.leave": ("\nData: {place}\nCtrl-C stops everything.", "\n数据：{place}\n按 Ctrl-C 停止。"),
    "demo.stopping": ("\nStopping …", "\n正在停止 …"),
    "demo.stopped": ("Stopped. The data stays in {place}.", "已停止。数据保留在 {place}。"),
    "browser.installing": (
        "Browser tests: installing Chromium and Chinese fonts with {manager}",
        "浏览器测试：用 {manager} 安装 Chromium 和中文字体",
    ),
    "browser.install_failed": (
        "    {command} failed; see {log}.",
        "    {command} 失败，见 {log}。",
    ),
    "browser.missing": (
        "Browser tests are skipped: no Chromium is installed. Install it (Debian: apt-get install chromium "
        "fonts-noto-cjk) or run this as root.",
        "跳过浏览器测试：没有安装 Chromium。请安装（Debian：apt-get install chromium fonts-noto-cjk），"
        "或用 root 运行。",
    ),
    "browser.no_font": (
        "No Chinese font is installed: screenshots will show boxes (Debian: apt-get install fonts-noto-cjk).",
        "没有安装中文字体，截图中的汉字会显示为方框（Debian：apt-get install fonts-noto-cjk）。",
    ),
    "bench.which": ("Say which benchmark: ./run bench {names}", "请写明运行哪一项：./run bench {names}"),
    "bench.unknown": (
        "There is no benchmark {name!r}. There are: {names}",
        "没有 {name!r} 这项基准测试。现有：{names}",
    ),
    "check.step": ("── {name}", "── {name}"),
    "check.ok": ("   {name}: good ({seconds} s)", "   {name}：通过（{seconds} 秒）"),
    "check.failed": ("   {name}: failed ({seconds} s)", "   {name}：未通过（{seconds} 秒）"),
    "check.all_ok": ("All checks passed.", "全部检查通过。"),
    "check.some_failed": ("Failed: {names}", "未通过：{names}"),
}
