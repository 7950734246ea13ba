# An ahead-of-time cache of the classes that Groovy and programs load, taken from a run.
jvm=/opt/runonce/shared/jvm
dir=/opt/runonce/groovy
mkdir -p $dir
classpath=$($jvm/classpath /opt/runonce/maven/*.jar)
cp Training.groovy /tmp/
cd /tmp
echo 1 | java @$jvm/program.options -XX:AOTCacheOutput=$dir/groovy.aot -cp "$classpath" groovy.ui.GroovyMain Training.groovy
# What the folder holds is on the class path too.
printf '%s\n' "-XX:AOTCache=$dir/groovy.aot" -cp "$classpath:." > $dir/options
ln -s /opt/runonce/language/bin/* /usr/local/bin/
chmod -R a+rX $dir
