import greetings;

void main()
{
    greet("two");
}
