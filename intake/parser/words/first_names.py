"""Given names that are common where investors live: enough to tell "Dana Whitfield" from "Cedar Row"."""

from __future__ import annotations

FIRST_NAMES = frozenset(
    """
aaron abby abdul abigail adam adele adeline adrian adriana agnes ahmed aidan aisha akira alan alana alastair albert
alberto alejandra alejandro alex alexander alexandra alexei alexis alfred ali alice alicia alina alison alistair allan
allen allison alma alvin alyssa amanda amara amber amelia amina amir amit amy ana anand anders andre andrea andreas
andrei andrew andy angela angelo angus anika anil anita anja ann anna annabel anne annette annie anselm anthony antoine
anton antonia antonio anya april ariel arjun armand arnold arthur arturo arun ash asha asher ashley astrid audrey august
aurora austen ava axel ayesha barbara barry bart beatrice beatriz becca becky belinda ben benedict benjamin bernard
bernd bert beth bethany betty beverly bianca bill billy birgit bjorn björn blake bob bobby boris brad bradley brandon
brenda brendan brett brian bridget brooke bruce bruno bryan bryce byron caitlin caleb calvin cameron camila camille
candace carina carl carla carlo carlos carmen carol carolina caroline carolyn carrie carter cassandra catalina
catherine cathy cecilia cedric celeste celia cesar chad chandra chang charles charlie charlotte chen chelsea cheryl
chiara chloe chris christa christian christina christine christoph christophe christopher chuck cindy claire clara
clarence clark claude claudia claudio claus clayton clemens cliff clifford clive clyde cody colin colleen connie connor
conrad constance cora corey corinne craig cristina curtis cynthia daisy dale damian damien dan dana daniel daniela
danielle danny daphne darius darren dave david dawn dean deanna debbie deborah debra declan deepa deepak deirdre delia
denis denise dennis derek desmond devon dexter diana diane dick diego dieter dimitri dina dirk divya dmitri dolores
dominic dominik dominique don donald donna dora doris dorothy doug douglas duncan dustin dwayne dwight dylan earl ed
eddie edgar edith edmund eduardo edward edwin eileen elaine eleanor elena eli elias elijah elin elisa elisabeth elise
eliza elizabeth ella ellen ellie elliot elliott elsa emerson emil emilia emilie emilio emily emma emmanuel enrico
enrique eric erica erich erik erika erin ernest ernst esme esteban esther ethan eugene eva evan evelyn fabian fabio
faith farah fatima federica federico felicia felicity felipe felix ferdinand fernanda fernando fiona flora florence
florian frances francesca francesco francis francisco francois françois frank franz fred freddie frederic frederick
frederik freya frieda fritz gabriel gabriela gabriella gail gareth garrett gary gaurav gavin gemma gene genevieve
geoff geoffrey george georgia georgina gerald gerard gerhard gerry gianna gideon gilbert giles gillian gina giorgio
giovanni giulia giuseppe glen glenn gloria gordon grace graham greg gregor gregory greta guido guillaume guillermo
gunther gustav gustavo guy gwen hal hana hank hannah hannes hans harald harold haruki harriet harris harrison harry
hassan hector heidi heinrich heinz helen helena helene helga helmut hendrik henrietta henrik henry herbert herman
hilary hiroshi holly horst howard hugh hugo humphrey ian ibrahim ida ignacio igor ilya imogen imran ines inga inge
ingrid irene iris irma isaac isabel isabella isabelle ismail ivan ivana jack jackie jackson jacob jacqueline jacques
jaime jake james jamie jan jana jane janet janice jared jasmin jasmine jason javier jay jean jeanette jeanne jeff
jeffrey jenna jennifer jenny jens jeremy jerome jerry jesse jessica jessie jesus jill jim jimmy jin jo joachim joan
joanna joanne joao joão jocelyn jodie joe joel joerg johan johann johanna johannes john johnny jon jonas jonathan jordan
jorge jose josef joseph josephine josé josh joshua joy joyce juan juanita judith judy juergen jules julia julian juliana
julie juliet julio julius jun june jürgen jörg justin justine kai kamal kara karen karim karin karina karl karla kate
katerina katharina katherine kathleen kathryn kathy katia katie katrin katrina katya kay kaye keiko keith kelly kelsey
ken kendra kenji kenneth kenny kenta kerry kevin khalid kiara kim kimberly kiran kirsten kirsty klara klaus kofi
konrad konstantin kris krishna kristen kristian kristin kristina kurt kwame kyle lachlan lana lance lara larry lars
laszlo latoya laura lauren laurence laurent laurie lawrence lea leah lee leila leilani lena leo leon leona leonard leonardo
leonie leonora leroy leslie leticia levi lewis li liam lidia lila lilian lillian lily lin lina linda lindsay lindsey
linus lionel lisa liz lloyd logan lois lorena lorenzo loretta lori lorraine lou louis louisa louise luc luca lucas
lucia lucian luciana lucie lucinda lucy ludwig luis luisa lukas luke luther lydia lyle lynn maarten mabel madeleine
madison mads mae magda magdalena magnus mahmoud maja malcolm malik mandy manfred manuel manuela mara marc marcel
marcela marcelo marcia marco marcos marcus margaret margarita maria mariam marian mariana marianne marie marilyn marina mario marion
marisa marisol marjorie mark marko markus marlene marlon marsha marshall marta martha marthe martin martina marvin mary maryam
mason massimo mateo mathias mathilde matilda matt matteo matthew matthias maureen maurice mauricio max maxim maxine
maximilian maya mei megan mehmet mel melanie melinda melissa melvin mercedes meredith mia michael michaela michal michel
michele michelle miguel mika mike mikhail mila milan mildred miles milo milton mina mira miranda miriam mitch mitchell
mohamed mohammad mohammed moira molly mona monica monika monique montgomery morgan morten moses muhammad muriel murray
mustafa myra myron nadia nadine nancy naoko naomi natalia natalie natasha nate nathan nathaniel neal ned neha neil nelson
nia nicholas nick nicky nico nicola nicolas nicole nigel nikhil niklas nikolai nikos nils nina nisha noah noel noelle
noor nora norah norbert noreen norma norman olaf ole oleg olga oliver olivia olivier oluwaseun omar ophelia orlando oscar
oskar otto owen pablo paige pam pamela paolo pascal pat patricia patrick patty paul paula pauline paulo pavel pedro peggy
penelope penny percy perry pete peter petra phil philip philipp philippa philippe phillip phoebe phyllis pierre piotr
polly pooja prakash pranav preeti priscilla priya quentin quincy rachel rafael raghav rahul raj rajesh ralf ralph ramesh
ramon randall randy raphael raquel rashid raul ravi ray raymond rebecca reece reed regina reginald reinhard rene renata
renee rené reuben rex rhea rhoda rhonda ricardo rich richard rick ricky rita rob robbie robert roberta roberto robin
rochelle rod roderick rodney rodrigo roger rohan roland rolf roman romy ron ronald ronan ronnie rory rosa rosalie rosalind
rose rosemary rosie ross rowan roxanne roy ruben ruby rudolf rudy rufus rupert russ russell rusty ruth ryan sabina
sabine sabrina sadie sal salim sally salvador sam samantha samir samira sammy samuel sandeep sandra sandy sanjay santiago
sara sarah sasha saskia satoshi saul scott sean sebastian selena selma sergei sergio seth shane shannon shari sharon
shaun shawn sheila shelby shelley shelly sheryl shirley sid sidney siegfried sierra silas silvia simon simona simone siobhan
sofia solomon sonia sonja sonya sophia sophie soren søren spencer stacey stacy stan stanley stefan stefanie stella steph
stephan stephanie stephen steve steven stewart stuart sue sunil susan susanna susanne suzanne sven svetlana swati sydney
sylvia sylvie tabitha takeshi tamara tammy tanya tara tariq tatiana ted teresa terrence terri terry tess tessa thea
thelma theo theodor theodore theresa thomas tiffany tim timothy tina tobias toby todd tom tomas tomasz tommy tony tomás
tracey tracy travis trevor tricia tristan troy trudy tyler tyrone uma umberto ursula uwe valentina valentin valeria valerie
vanessa vera vernon veronica veronika vicki vicky victor victoria vijay vikram viktor vincent vincenzo viola violet virginia
vishal vivek vivian viviane vladimir wade wallace walt walter wanda warren wayne wei wendy werner wes wesley wilfred
wilhelm will willem william willie wilma winston wolfgang wyatt xavier xiao ximena yan yasmin yasmine yolanda yong yoko
yuki yusuf yuri yvette yvonne zach zachary zachariah zainab zara zhang zoe zoey zoltan zoran
ángel álvaro íñigo óscar andrés andrea mónica lucía maría sofía ramón raúl sébastien rémi jérôme hélène zoë chloë bjørn
whitney marta lena jo abigail trish mindy jasper deepa sunita anil jill jules callum orla niamh aoife saoirse eoin cian padraig dara gus hattie bea maggie abe gabe zeke
levon aram ani narek leif stig arne ragnhild sigrid solveig tove pia kaisa jukka mikko pekka timo aino bogdan dragos radu ioana mihai andrzej wojciech krzysztof agnieszka
malgorzata zofia jakub milos goran dejan jelena branko vesna dusan petar ivo nenad radovan mirko georgios dimitris eleni yannis kostas stavros despina aleksander anastasia
dmitry igor sergey svetlana tatyana arturo benicio camilo consuelo esperanza evaristo fermin gonzalo hernan ignacia jacinta joaquin lucero macarena nicanor octavio
rocio santos teodoro ulises vicente wilfredo xochitl yesenia zacarias abhishek aditi aditya anjali arvind ashok bhavna chetan dinesh gayatri girish harish hema jaya karthik
kavita lakshmi madhu mahesh manish meena mohan mukesh naveen nitin padma parth pradeep rakesh rekha ritu rohit sachin shalini shreya sneha sudhir suresh tarun usha varun vinod yash
chun feng guo hong hui jian jing jun lei liang mei min ping qiang qing rong rui shan shu tao ting wen xin xiu ya yi ying yu yuan zhen zhi akiko emi haruka hideo kaori kazuo kenta masako mariko noriko
ryota sakura satomi shinji takashi tomoko toshiro yoshi yuto minjun seojun jiho hyun soojin eun dae kwame ama abena femi tunde bola emeka ifeoma nneka uche wanjiru kamau njeri otieno achieng tendai farai
olumide chidi ngozi chinedu adaeze kwaku amadou fatou sipho thabo lindiwe hiro aiko yumi mei-ling jia hao ming xin
""".split()
)
