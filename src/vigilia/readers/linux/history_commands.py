"""What tells a shell history from other text: its lines begin with the names of commands."""

from __future__ import annotations

from typing import Final

from vigilia.readers.line_records import share_of

__all__ = ["share_of_commands"]

# What people type. Names that begin lines of English prose too (make, find, test, more) are left out.
_COMMANDS: Final = frozenset(
    """
    ./configure alias apt apt-get aptitude awk base64 bash brew bunzip2 bzip2 cat cd chattr chgrp chmod
    chown clear cp crontab curl cut dd df dig dmesg dnf docker dpkg du echo env exit export fdisk fg
    fish free ftp gcc getent git gpg grep groups gunzip gzip head history hostname htop id ifconfig ip
    iptables jobs journalctl kill killall kubectl la last lastlog ll ln ls lsattr lsblk lsmod lsof man
    mkdir mkfifo mount mv mysql mysqldump nano nc ncat netcat netstat nginx nmap nohup npm openssl
    passwd perl pg_dump php ping pip pip3 pkill printf ps psql pwd python python3 rclone reboot rm rmdir
    rsync ruby scp screen sed service sftp sh shred shutdown sort source sqlite3 ss ssh ssh-keygen
    strace su sudo systemctl tail tar tcpdump tee telnet tmux top touch uname unset unzip uptime useradd
    userdel usermod vi vim w wget which whoami xxd yum zcat zip zless zsh zypper
    """.split()  # noqa: SIM905 - a list of words is read more easily without quotes
)
_MOST_CHARACTERS: Final = 256


def _is_command(line: str) -> bool:
    words = line[:_MOST_CHARACTERS].split(None, 2)
    return bool(words) and words[0] in _COMMANDS and not (len(words) == 1 and line.endswith((":", ".", ",")))


def share_of_commands(lines: list[str]) -> float:
    """Return the share of lines that begin with the name of a command."""
    return share_of(lines, _is_command)
