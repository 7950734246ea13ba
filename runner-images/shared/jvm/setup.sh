./javac -d classes MainClass.java
./jar --create --file main-class.jar -C classes .
rm -r classes
