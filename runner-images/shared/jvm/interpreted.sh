# Builds /opt/runonce/$name for a language that runs programs from source: the options of java, and an ahead-of-time
# cache with the classes that a run of the interpreter loads. The setup.sh that sources this file must set:
#   name      name of the language: groovy
#   main      the interpreter's class
#   training  the program to run
#   folders   folders of the work directory for the class path: .:src
jvm=/opt/runonce/shared/jvm
dir=/opt/runonce/$name
mkdir -p $dir
classpath=$($jvm/classpath /opt/runonce/maven/*.jar)
cp $training /tmp/
cd /tmp
printf '1\n2\n' | java @$jvm/program.options -XX:AOTCacheOutput=$dir/$name.aot -cp "$classpath" $main $training
cd - > /dev/null
printf '%s\n' "-XX:AOTCache=$dir/$name.aot" -cp "$classpath:$folders" > $dir/options
ln -s /opt/runonce/language/bin/* /usr/local/bin/
chmod -R a+rX $dir
