# Makes /opt/runonce/$name of a language whose programs run from source, at its image's build: the options of java, and an
# ahead-of-time cache of the classes that the interpreter and programs load, taken from a run. The setup.sh that reads this has set:
#   name      the language's: groovy
#   main      the interpreter's class
#   training  the program that is run
#   folders   what of the work dir is on the class path: .:src
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
