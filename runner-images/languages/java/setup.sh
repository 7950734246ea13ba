# The compile step, and an ahead-of-time cache of the classes that it loads, taken from a run of it.
home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
ours=/opt/runonce/java
language=$PWD
exports='--add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED'
plain='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData'
warm='-XX:+UseSerialGC -XX:-UsePerfData'
mkdir -p "$ours" /tmp/classes /tmp/work
javac $exports -d /tmp/classes Compile.java warm/Warm.java
jar --create --file "$ours/compile.jar" -C /tmp/classes .
cp Training.java "$ours"
cp Training.java hello.java /tmp/work/
cd /tmp/work
timeout 60 java $plain -XX:AOTCacheOutput="$ours/compile.aot" -cp "$ours/compile.jar" runonce.Compile Training.java hello.java
rm -r Training.java .runonce
cd "$language"

# The warm starter's library is compiled here; what that takes does not stay.
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev
gcc -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -D_GNU_SOURCE -DLIBJVM="\"$home/lib/server/libjvm.so\"" \
    -I"$home/include" -I"$home/include/linux" -o warm/warm.so warm/warm.c warm/launch.c
apt-get purge -y --auto-remove -o APT::AutoRemove::SuggestsImportant=false -o APT::AutoRemove::RecommendsImportant=false gcc libc6-dev
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/*

# Its archive, from a run of it. It is a layer on Java's own: so the virtual machine starts as the plain command's does, and numbers
# its threads and draws its hash codes alike. An ahead-of-time cache takes that one's place.
cd /tmp/work
timeout 60 perl "$language/warm/runner.pl" hello.java \
    env LD_PRELOAD="$language/warm/warm.so" java $warm -XX:ArchiveClassesAtExit="$ours/warm.jsa" -Djava.class.path="$ours/compile.jar"
chmod -R a+rX "$ours"
