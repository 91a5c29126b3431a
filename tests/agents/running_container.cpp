#include "tests/agents/running_container.hpp"

namespace testudo::agents {

const std::string prepare_container = R"sh(
image=${TESTUDO_TEST_ROOT:-}
mount -t tmpfs tmpfs /mnt
mkdir /mnt/new
if [ -z "$image" ]; then
    image=/mnt/image
    mkdir -p $image/bin $image/sbin $image/etc $image/overlay $image/testudo $image/var/lib
    mkdir $image/dev $image/proc $image/sys $image/run $image/tmp
    cp /bin/busybox $image/bin/
    for name in sh cat ls id ps mount umount grep hostname mkdir rm sleep touch; do ln -s busybox $image/bin/$name; done
    for file in $(command -v ip) $(ldd $(command -v ip) | grep -o '/[^ ]*'); do cp --parents -L $file $image; done
    echo root:x:0:0:root:/root:/bin/sh > $image/etc/passwd
    echo root:x:0: > $image/etc/group
    printf '#!/bin/sh\necho "console login: "\nread line\necho "$line, your password: "\n' > $image/sbin/agetty
    chmod 755 $image/sbin/agetty
fi
mount --bind $image /mnt/new
mount -o remount,bind,ro /mnt/new
cd /mnt/new
mount -t tmpfs tmpfs dev
for name in null zero random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
touch dev/tty1 dev/tty2
mount --bind $CONSOLE dev/tty1
mount --bind $CHANNEL dev/tty2
mkdir dev/pts
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs testudo
cp $AGENT testudo/testudo-agent
mount -o remount,bind,ro testudo
mount -t proc proc proc
ip link add name veth-x type veth peer name far
ip link set dev veth-x address 02:00:00:00:00:11
pivot_root . overlay
cd /
umount -l /overlay
mount -t tmpfs -o size=64m tmpfs /overlay
AGENT=/testudo/testudo-agent
)sh";

} // namespace testudo::agents
