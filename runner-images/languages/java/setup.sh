# The compile step: its program, and an ahead-of-time cache of the classes that javac loads, taken from a run of it.
mkdir -p /opt/runonce/java /tmp/classes /tmp/work
javac -d /tmp/classes Compile.java
jar --create --file /opt/runonce/java/compile.jar -C /tmp/classes .
cp hello.java Training.java /tmp/work/
cd /tmp/work
flags='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData'
java $flags -XX:AOTCacheOutput=/opt/runonce/java/compile.aot -cp /opt/runonce/java/compile.jar Compile Training.java hello.java
chmod -R a+rX /opt/runonce/java
